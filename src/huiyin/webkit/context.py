"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest

from huiyin.webkit.doors import Place, doors


def frame(request: HttpRequest) -> dict[str, object]:
    """Whether this is a rehearsal, the actor if the view's middleware found one, and the entrances of the rings."""
    return {
        "rehearsal": settings.REHEARSAL,
        "actor": getattr(request, "actor", None),
        "portal_doors": doors(Place.PORTAL),
        "desk_doors": doors(Place.DESK),
    }
