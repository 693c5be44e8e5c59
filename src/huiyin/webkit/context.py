"""What every page's frame needs."""

import json

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from huiyin.access.actor import actor_of
from huiyin.kernel import building
from huiyin.webkit.doors import Place, doors
from huiyin.webkit.keyboard import KEYS
from huiyin.webkit.look import look_of

STYLES = (
    "base", "layout", "components/actions", "components/fields", "components/marks", "components/surfaces",
    "components/time", "components/paths", "components/overlays", "components/media", "components/desk",
    "components/papers", "components/cockpit", "components/hall",
)  # fmt: skip
"""Our stylesheets after the tokens and themes, in their order."""

HTMX = json.dumps({
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
})  # fmt: skip
"""htmx within the content security policy; an invalid form comes back with 422 and is shown; nothing is cached."""


def frame(request: HttpRequest) -> dict[str, object]:
    """Whether this is a rehearsal, and how far its city is if it is being built; the actor if the view's middleware
    found one; how the person wants pages to look; and the entrances of the rings.
    """
    user = getattr(request, "user", None) or AnonymousUser()
    actor, signed_in = actor_of(user), user.is_authenticated
    return {
        "rehearsal": settings.REHEARSAL,
        "building": building.under_way() if settings.REHEARSAL else None,
        "actor": getattr(request, "actor", None),
        "look": look_of(request),
        "style_sheets": [static(f"webkit/{name}.css") for name in STYLES],
        "htmx_config": HTMX,
        "portal_doors": doors(Place.PORTAL),
        "at_desk": signed_in and not _on_the_portal(request),
        "at_door": _at_door(request),
        "desk_doors": [door for door in doors(Place.DESK) if door.open_to(actor)],
        "foot_doors": doors(Place.FOOT),
        "tracked_doors": doors(Place.TRACKED),
        "case_doors": doors(Place.CASE),
        "requester_doors": [door for door in doors(Place.REQUESTER) if door.open_to(actor)],
        "keyboard": KEYS,
    }


def _at_door(request: HttpRequest) -> str:
    """The entrance of the navigation behind which this page lies, by its view: the one whose address the page's
    continues; "" for none.
    """
    behind = {reverse(door.view): door.view for place in (Place.DESK, Place.PORTAL) for door in doors(place)}
    return behind.get(max((at for at in behind if request.path.startswith(at)), key=len, default=""), "")


def _on_the_portal(request: HttpRequest) -> bool:
    """Whether this is one of the pages that the portal's navigation leads to."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    return here in {"cases:home", "cases:track", *(door.view for door in doors(Place.PORTAL))}
