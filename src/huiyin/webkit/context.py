"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Whether this is a rehearsal, and the actor if the view's middleware found one."""
    return {"rehearsal": settings.REHEARSAL, "actor": getattr(request, "actor", None)}
