"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest

from huiyin.kernel import building
from huiyin.webkit.doors import Place, doors


def frame(request: HttpRequest) -> dict[str, object]:
    """Whether this is a rehearsal, and how far its city is if it is being built; the actor if the view's middleware
    found one, and the entrances of the rings.
    """
    return {
        "rehearsal": settings.REHEARSAL,
        "building": building.under_way() if settings.REHEARSAL else None,
        "actor": getattr(request, "actor", None),
        "portal_doors": doors(Place.PORTAL),
        "desk_doors": doors(Place.DESK),
    }
