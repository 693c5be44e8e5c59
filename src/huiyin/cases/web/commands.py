"""Where the command palette leads from every page: the person's worklists and saved views, and all rings' entrances
that are theirs.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import worklists
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.services.saved_views import saved_views
from huiyin.webkit.doors import Place, doors


@login_required
@require_GET
@never_cache
def page(request: HttpRequest) -> JsonResponse:
    """All of them as JSON, for the palette when it is first opened; the page itself adds what can be done there."""
    actor = actor_of(request.user)
    return JsonResponse({
        "commands": [{"label": str(label), "group": str(group), "href": href} for label, group, href in _all(actor)]
    })  # fmt: skip


def _all(actor: Actor) -> Iterator[tuple[Any, Any, str]]:
    mine, desk = worklists.views(actor), reverse("cases:worklist")
    for view in mine:
        yield _said(view.title), _said(view.group), f"{desk}?{urlencode({'view': view.name})}"
    for kept in saved_views(actor, mine).views if mine else ():
        yield kept.title, _("保存的视图"), f"{desk}?{urlencode(kept.as_query())}"
    if actor.may(TAKE_IN):
        yield _("登记新事项"), "", reverse("cases:new")
    for place in (Place.DESK, Place.INTAKE, Place.COMMAND):
        for door in doors(place):
            if door.open_to(actor):
                yield door.title, "", reverse(door.view)
    if mine:
        yield _("没有回音：按来源和经办方"), "", reverse("cases:echo")
    yield _("查找诉求、答复、单位和地点"), "", reverse("cases:search")
    yield _("我的账号"), "", reverse("signin:account")
    yield _("键盘"), "", reverse("cases:keys")


def _said(words: Any) -> Any:
    """A procedure's words in the page's language; others say it themselves."""
    return words.in_(get_language() or "zh") if hasattr(words, "in_") else words
