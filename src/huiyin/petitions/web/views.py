"""A petition written on the portal, and one registered at the bureau."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access.actor import ANONYMOUS, Actor, actor_of
from huiyin.audit.services import record
from huiyin.cases import rulebook
from huiyin.cases.enums import Confidentiality
from huiyin.cases.procedures.spec import Title
from huiyin.cases.services.open import Opened
from huiyin.cases.web.keys import new_key
from huiyin.cases.web.portal import to_receipt
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.people.services import display_names
from huiyin.petitions import backlog, services
from huiyin.petitions.backlog import AgeGroup, Entry
from huiyin.petitions.rules import HANDLE_PETITIONS, PROCEDURE
from huiyin.petitions.web.forms import PetitionForm, RegistrationForm
from huiyin.webkit.charts import Given, bars
from huiyin.webkit.downloads import check_form, table_file
from huiyin.webkit.guard import Guard
from huiyin.webkit.middleware import told_when


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Petition online; the receipt tells number and code."""
    form = PetitionForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    guard = Guard(request)
    if request.method == "POST" and form.is_valid() and guard.passes():
        try:
            return to_receipt(request, services.petition(said=form.registration(ANONYMOUS)))
        except BadInput as refused:
            form.take_over(refused)
    status = guard.status if request.method == "POST" else 200
    context = {"form": form, "guard": guard}
    return told_when(render(request, "petitions/write.html", context, status=status), guard.error)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a petition at the bureau; number and code are told to the petitioner. What it was before may be named
    in the address.
    """
    actor = actor_of(request.user)
    if not actor.may(HANDLE_PETITIONS):
        raise NotAllowed("not_yours", _("您不能登记信访事项。"), do=_("请联系信访部门。"))
    first = {"key": new_key(), "first_from": request.GET.get("from", "")[:20]}
    form, error = RegistrationForm(request.POST or None, request.FILES or None, initial=first), None
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.register(actor=actor, said=form.registration(actor))
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            return _registered(request, opened)
    status = 422 if form.errors else error.status if error else 200
    return render(request, "petitions/register.html", {"form": form, "error": error}, status=status)


@login_required
@never_cache
@require_GET
def backlog_page(request: HttpRequest) -> HttpResponseBase:
    """The backlog: the unresolved by age, or the resolved with what would reopen them; with `format` as a file, which
    the audit keeps.
    """
    actor, resolved, owner = actor_of(request.user), request.GET.get("show") == "resolved", request.GET.get("owner", "")
    groups = [] if resolved else [(_age(group), group) for group in backlog.by_age(actor, owner=owner)]
    asked = request.GET.get("least", "")
    chosen = next(((word, group) for word, group in groups if str(group.least) == asked), None)
    form, group = request.GET.get("format", ""), chosen[1] if chosen else None
    most = EXPORT_MOST if form else backlog.MOST
    listed = backlog.entries(actor, resolved=resolved, owner=owner, group=group, most=most)
    if form:
        return _backlog_file(actor, listed, form)
    inputs = rulebook.procedure(rulebook.in_force("procedure", PROCEDURE, clock.today())).actions
    query = f"&owner={owner}" if owner else ""
    steps = [Given(word, f"{word}: {g.count}", f"?least={g.least}{query}#list", (g.count,)) for word, g in groups]
    here = {"show": "resolved" if resolved else "", "owner": owner, "least": asked if chosen else ""}
    context = {
        "here": urlencode({name: word for name, word in here.items() if word}),
        "many": sum(group.count for _word, group in groups), "listed": listed, "cut": len(listed) == backlog.MOST,
        "groups": groups, "chart": bars([_("件数")], steps), "resolved": resolved,
        "owner": owner, "chosen": chosen[0] if chosen else "",
        "names": _names({one.row.owner for one in listed}),
        "tabs": [("?", _("未化解"), not resolved), ("?show=resolved", _("已化解"), resolved)],
        "reasons": inputs["enter_backlog"].inputs["entry_reason"].choices,
        "resolutions": inputs["resolve_backlog"].inputs["resolution"].choices,
    }  # fmt: skip
    return render(request, "petitions/backlog.html", context)


EXPORT_MOST = 10_000


def _backlog_file(actor: Actor, listed: list[Entry], form: str) -> HttpResponseBase:
    check_form(form)
    record(actor=actor.key, action="export_backlog", subject="backlog", detail={"rows": len(listed)})
    inputs = rulebook.procedure(rulebook.in_force("procedure", PROCEDURE, clock.today())).actions
    reasons = inputs["enter_backlog"].inputs["entry_reason"].choices
    ways, language = inputs["resolve_backlog"].inputs["resolution"].choices, get_language() or "zh"
    names = _names({one.row.owner for one in listed})

    def said(choices: Mapping[str, Title], name: str) -> str:
        return choices[name].in_(language) if name in choices else name

    head = [
        _("编号"), _("事项"), _("列入原因"), _("包案领导"), _("列入"), _("自登记起天数"), _("措施次数"), _("最近措施"),
        _("化解方式"), _("化解"), _("回访"), _("稳定"), _("又来信访"),
    ]  # fmt: skip
    told = [
        [one.number, one.title, said(reasons, one.row.reason), names.get(one.row.owner, one.row.owner),
         one.row.entered_on, one.age, one.row.measures, one.row.last_measure_on or "",
         said(ways, one.row.resolution), one.row.resolved_on or "", one.row.revisited_on or "",
         "" if one.row.steady is None else _("稳定") if one.row.steady else _("有反复"), one.brought_again]
        for one in listed
    ]  # fmt: skip
    day = clock.today().isoformat()
    keys = (
        "number", "title", "reason", "leader", "entered_on", "age_days", "measures", "last_measure_on", "resolution",
        "resolved_on", "revisited_on", "steady", "brought_again",
    )  # fmt: skip
    return table_file(form, title=_("信访积案"), file=f"backlog-{day}", rows=[head, *told], keys=keys)


def _names(usernames: set[str]) -> dict[str, str]:
    known = display_names(f"user:{name}" for name in usernames)
    return {key.removeprefix("user:"): name for key, name in known.items()}


def _age(group: AgeGroup) -> str:
    if group.most is None:
        return _("%(n)s天以上") % {"n": group.least}
    return _("%(least)s–%(most)s天") % {"least": group.least, "most": group.most}


def _registered(request: HttpRequest, opened: Opened) -> HttpResponse:
    """To the petition; an accusation is out of sight from here on, so that number and code are told now or never."""
    if opened.dossier.case.confidentiality == Confidentiality.SEALED:
        return render(request, "petitions/sealed.html", {"number": opened.number, "code": opened.access_code})
    if opened.access_code:
        request.session["told_code"] = [opened.number, opened.access_code]
    return redirect("cases:case", number=opened.number)
