"""The desk's lists: worklists with their counts, beside them the matter that is being read, and views that are kept."""

from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.cases import queries, worklists
from huiyin.cases.dossier import Dossier
from huiyin.cases.policies import READ_ALL, TAKE_IN
from huiyin.cases.search import is_phone
from huiyin.cases.services.callers import may_find
from huiyin.cases.services.saved_views import MOST, remove_view, save_view, saved_views, unit_of
from huiyin.cases.web import deadlines
from huiyin.cases.web.case_page import context_of
from huiyin.cases.web.forms import CHANNELS, ECHO_REASONS, KINDS, units_today
from huiyin.cases.web.found import found_page
from huiyin.cases.web.lists_out import caller_page
from huiyin.cases.worklists import Filters, View
from huiyin.kernel.errors import HuiyinError, NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.org.enums import UnitLevel
from huiyin.org.reference import org
from huiyin.webkit.doors import Place, doors


@login_required
@require_GET
@never_cache
def worklist(request: HttpRequest) -> HttpResponse:
    """One view of the person's work, by due date; with `open` in the address, that matter beside it."""
    actor = actor_of(request.user)
    mine = worklists.views(actor)
    if not mine:
        return render(request, "cases/no_worklist.html", {"who": actor})
    return render(request, "cases/worklist.html", _list_context(request, actor, mine))


def _list_context(request: HttpRequest, actor: Actor, mine: list[View]) -> dict[str, Any]:
    filters, saved = worklists.filters_from(request.GET), saved_views(actor, mine)
    kept = saved.views
    counts = worklists.counts(actor, mine, [(str(one.id), one.view, one.filters) for one in kept])
    chosen = worklists.view_of(actor, request.GET.get("view", "") or worklists.first_of(mine, counts))
    page = worklists.page(actor, chosen, filters=filters, cursor=request.GET.get("cursor", ""))
    here = {"view": chosen.name} | filters.as_query()
    cursor = request.GET.get("cursor", "")
    here_now = urlencode(here | ({"cursor": cursor} if cursor else {}))
    opened = _opened(request, actor, here_now)
    return {
        "views": worklists.in_rail(mine), "counts": counts,
        "kept": [(one, urlencode(one.as_query()), one.as_query() == here) for one in kept],
        "kept_cut": MOST if saved.cut else 0, "is_kept": any(one.as_query() == here for one in kept),
        "chosen": chosen, "page": page, "filters": filters, "narrowed": _narrowed(request.GET, filters),
        "kinds": KINDS, "channels": CHANNELS, "towns": [a for a in org().areas.values() if a.level == "township"],
        "leads": _leads(filters.unit) if actor.may(READ_ALL) else [],
        "calendar": deadlines.address(request.user) if request.user.is_authenticated else "",
        "intakes": [door for door in doors(Place.INTAKE) if door.open_to(actor)],
        "may_take_in": actor.may(TAKE_IN), "may_find_callers": may_find(actor), "left": request.session.pop("left", ""),
        "soon": {row.id for row in page.rows if worklists.soon(row)}, "share_with": unit_of(actor),
        "here": here_now, "is_split": bool(opened), "comes": "" if filters.as_query() else _comes(chosen),
    } | opened  # fmt: skip


def _leads(chosen: str) -> list[str]:
    """The units to choose from; the one that is chosen among them, whether it leads today or not."""
    today = [one.code for one in units_today() if one.level != UnitLevel.VILLAGE]
    return [*today, chosen] if chosen and chosen not in today else today


def _opened(request: HttpRequest, actor: Actor, here: str) -> dict[str, Any]:
    """What the pane beside the list shows; nothing for a matter that isn't there or not this person's to know of."""
    number = request.GET.get("open", "")
    if not number:
        return {}
    try:
        dossier = queries.find(actor, number)
    except NotFound:
        return {}
    return context_of(request, actor, dossier, chosen=request.GET.get("action", "")) | _in_pane(here, dossier)


def _in_pane(here: str, dossier: Dossier) -> dict[str, Any]:
    """What differs beside a list: where links of the matter lead, and the list to which an act returns."""
    address = urlencode({"open": dossier.case.number})
    return {"in_pane": True, "back": here, "links": f"?{here}&{address}&"}


COMES: dict[str, Any] = {
    "accusations": gettext_lazy("检举控告到了能查办的机关，接收以前列在这里。"),
    "all": gettext_lazy("收到的事项都列在这里，新的在前。"),
    "deserted": gettext_lazy("主办单位没有人能办的列在这里，请改派或请安全管理员给岗位。"),
    "echo": gettext_lazy("过了答复期限、没有答复也没有说明原因的列在这里。"),
    "echo_explained": gettext_lazy("过了期限、已向诉求人说明原因和日期的列在这里。"),
    "extension": gettext_lazy("申请延期的列在这里，等审批。"),
    "mentioned": gettext_lazy("有人在内部备注里提到您，两周内列在这里，提到太多次的只列最近500次。"),
    "open": gettext_lazy("收到以后、办结以前的事项列在这里，先到期的在前。"),
    "owed": gettext_lazy("要求反馈办结报告的列在这里，直到提交；事项办结了，或者已由别的机关办，也还在。"),
    "overdue": gettext_lazy("任何一项时限已过的列在这里。"),
    "supervised": gettext_lazy("被督办的事项列在这里，直到办结。"),
    "today": gettext_lazy("今天24时前到期的列在这里。"),
    "unsigned": gettext_lazy("派给本单位的，签收以前列在这里。"),
}
"""What will be in a worklist that is empty; a state's list is told by the state."""


def _comes(view: View) -> Any:
    return COMES.get(view.name) or _("事项到了这一步就列在这里，先到期的在前；办完转出，就不在了。")


def filter_words(filters: Filters) -> dict[str, str]:
    """Each filter that is set, in words."""
    said = {
        "kind": KINDS.get(filters.kind, ""), "channel": CHANNELS.get(filters.channel, ""),
        "area": org().area_name_of(filters.area) if filters.area else "",
        "unit": org().label_of(filters.unit) if filters.unit else "",
        "holder": _("由热线中心办") if filters.holder == "desk" else _("由承办单位办"),
        "reason": ECHO_REASONS.get(filters.reason, ""), "q": _("查找“%(words)s”") % {"words": filters.q},
    }  # fmt: skip
    return {name: str(said[name]) for name in filters.as_query()}


def _narrowed(given: QueryDict, filters: Filters) -> list[tuple[str, str]]:
    """The set filters as words, each with the address without it."""
    found = []
    for name, said in filter_words(filters).items():
        without = given.copy()
        for gone in (name, "cursor"):
            without.pop(gone, None)
        found.append((said, f"?{without.urlencode()}"))
    return found


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def look_for(request: HttpRequest) -> HttpResponse:
    """What stands in the search box: a whole number leads to its matter, a telephone to the caller's matters, anything
    else narrows the list, or is looked for `everywhere`. Posted, so that no telephone stands in an address; asked for,
    it shows what was found.
    """
    if request.method == "GET":
        return found_page(request, actor_of(request.user))
    typed, back = " ".join(request.POST.get("q", "").split()), request.POST.get("back", "")
    number = normal_case_number(typed)
    if number and not is_phone(typed):
        return redirect("cases:case", number=number)
    if is_phone(typed):
        return caller_page(request, actor_of(request.user), typed)
    if request.POST.get("everywhere"):
        return redirect(f"{reverse('cases:search')}?{urlencode({'q': typed})}")
    here = parse_qs(worklists.address_from(actor_of(request.user), back).removeprefix("?"))
    asked = {name: values[0] for name, values in here.items() if name not in ("q", "cursor")}
    query = urlencode(asked | ({"q": typed} if typed else {}))
    return redirect(f"{reverse('cases:worklist')}{'?' if query else ''}{query}")


@login_required
@never_cache
@require_GET
def pane(request: HttpRequest, number: str) -> HttpResponse:
    """One matter as it stands beside a list; `back` is the list's address, to which an act returns."""
    actor = actor_of(request.user)
    dossier = queries.find(actor, number)
    back = worklists.address_from(actor, request.GET.get("back", "")).removeprefix("?")
    context = context_of(request, actor, dossier, chosen=request.GET.get("action", ""))
    return render(request, "cases/_pane.html", context | _in_pane(back, dossier))


@login_required
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list that is shown under a name."""
    actor, asked = actor_of(request.user), request.POST
    filters = worklists.filters_from(asked)
    try:
        kept = save_view(
            actor=actor, title=asked.get("title", ""), view=asked.get("view", ""), filters=filters,
            shared=bool(asked.get("shared")),
        )  # fmt: skip
    except HuiyinError as error:
        if error.status not in (409, 422):
            raise
        mine = worklists.views(actor)
        asked_for = QueryDict(urlencode({"view": asked.get("view", "")} | filters.as_query()))
        request.GET = asked_for
        shown = _list_context(request, actor, mine) | {"refused": error, "typed": asked.get("title", "")}
        return render(request, "cases/worklist.html", shown, status=error.status)
    return redirect(f"{reverse('cases:worklist')}?{urlencode({'view': kept.view} | kept.filters)}")


@login_required
@require_POST
def drop_view(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remove one's own saved view."""
    remove_view(actor=actor_of(request.user), key=key)
    return redirect("cases:worklist")
