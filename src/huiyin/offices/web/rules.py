"""Pages of procedures and limits: which versions there are, what they say, how two differ, and publishing one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.cases.procedures.layout import layout
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services.publish import Sort
from huiyin.disputes.grading import Rule
from huiyin.hotline.replies import Replies, filled
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, ConfigError, HuiyinError, NotFound, Refused
from huiyin.offices import compare, described, due_dates, faults, rules, touched
from huiyin.offices.rules import Draft, Version
from huiyin.offices.web.common import office, told_history
from huiyin.offices.web.forms import OfficeForm
from huiyin.org.enums import UnitKind
from huiyin.org.reference import org
from huiyin.people.services import display_names
from huiyin.receptions.rota import Rota

PLACES: Mapping[Sort, str] = {
    "procedure": "procedures", "limits": "limits", "replies": "replies", "rota": "rota", "grades": "grades",
}  # fmt: skip
"""A sort of document → the name of its list."""
ONE: Mapping[Sort, str] = {
    "procedure": "procedure", "limits": "limit_policy", "replies": "reply_texts", "rota": "rota_version",
    "grades": "grades_version",
}  # fmt: skip
"""A sort of document → the page of a version."""
NAMES: Mapping[Sort, Any] = {
    "procedure": gettext_lazy("流程"), "limits": gettext_lazy("办理时限"), "replies": gettext_lazy("答复模板"),
    "rota": gettext_lazy("接访安排规则"), "grades": gettext_lazy("纠纷分级和排查"),
}  # fmt: skip
ABOUT: Mapping[Sort, Any] = {
    "rota": gettext_lazy("谁多久接访一次、在哪里、怎样预约，活动有哪些名目。接访那天的版本算数，已经排定的场次不变。"),
    "grades": gettext_lazy("纠纷怎样定级、各级多久排查一次、什么算苗头。登记那天的版本算数，已有的等级不变。"),
}  # fmt: skip
HOLDS: Mapping[Sort, Any] = {
    "replies": gettext_lazy("%(day)s起写的答复用它。"), "rota": gettext_lazy("%(day)s起的接访按它安排。"),
    "grades": gettext_lazy("%(day)s起登记的纠纷按它定级，之后的排查按它进行。"),
}  # fmt: skip
"""What a published version is for, where that isn't matters by their day of receipt."""


class DocumentForm(OfficeForm):
    """A document, pasted or as a file, and why it is published."""

    text = forms.CharField(
        label=gettext_lazy("内容（YAML）"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "form-control hy-code"}),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("或选择文件"), required=False, help_text=gettext_lazy("选了文件就以文件为准。"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("理由和依据"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """A file goes before what stands in the box."""
        given: dict[str, Any] = super().clean() or {}
        file = given.get("file")
        if file is not None:
            if file.size > rules.LONGEST:
                self.add_error("file", _("内容太长，最多%(most)s个字符。") % {"most": rules.LONGEST})
                return given
            try:
                given["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("文件不是UTF-8编码的文字。"))
        given["text"] = str(given.get("text", "")).replace("\r\n", "\n")
        return given


@office
@require_GET
def procedures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every procedure with its versions."""
    return _list(request, actor, "procedure")


@office
@require_GET
def limits(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every policy of limits with its versions."""
    return _list(request, actor, "limits")


@office
@require_GET
def replies(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every set of reply texts with its versions."""
    return _list(request, actor, "replies")


@office
@require_GET
def rotas(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The rota of receptions with its versions."""
    return _list(request, actor, "rota")


@office
@require_GET
def grades(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The rule of disputes with its versions."""
    return _list(request, actor, "grades")


def _list(request: HttpRequest, actor: Actor, sort: Sort) -> HttpResponse:
    found = rules.versions(sort)
    by_name: dict[str, list[Version]] = {}
    for version in found:
        by_name.setdefault(version.name, []).append(version)
    rows = []
    for mine in by_name.values():
        shown = next((one for one in mine if one.standing == "now"), mine[0])
        document = rules.document_of(sort, shown.key)
        lacking = [
            (one.key, title)
            for one in mine
            if sort == "procedure" and one.standing != "past"
            for title in _lacking(rules.document_of("procedure", one.key))
        ]
        rows.append((document, shown, [one for one in mine if one.standing == "coming"], len(mine), lacking))
    context = {"rows": rows, "may": actor.may(rights.PUBLISH_RULES), "done": request.GET.get("done", "")}
    if sort in ABOUT:
        context |= _words(sort)
    return render(request, f"offices/{PLACES[sort] if sort not in ABOUT else 'city_rules'}.html", context)


def _words(sort: Sort) -> dict[str, Any]:
    """Addresses and words of the pages that two sorts share."""
    place = PLACES[sort]
    return {
        "name": NAMES[sort], "about": ABOUT[sort], "listed": f"offices:{place}", "new": f"offices:new_{place}",
        "address": f"offices:{ONE[sort]}",
    }  # fmt: skip


def _unnamed(said: described.Described) -> described.Described:
    """Without the name, which stands above."""
    return {label: words for label, words in said.items() if label != _("名称")}


def _lacking(document: rules.Document) -> list[str]:
    if not isinstance(document, Procedure):
        return []
    return [described.told(document.clocks[name].title) for name in rules.lacking_limits(document)]


@office
@require_GET
def procedure(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """A version of a procedure: drawing, states, actions, clocks, notices; its versions and who published them."""
    document = rules.published("procedure", key)
    assert isinstance(document, Procedure)
    found = rules.versions("procedure", document.name)
    going = touched.open_by_procedure([one.key for one in found])
    state = request.GET.get("state", "")
    here = document.states.get(state)
    context = _of_version(actor, "procedure", key, found) | {
        "procedure": document, "state": state if here else "", "state_title": here.title if here else "",
        "drawing": layout(document, get_language() or "zh"), "head": described.head(document),
        "states": [(name, one, described.HOLDERS[one.holder], described.PHASES[one.phase])
                   for name, one in document.states.items()],
        "actions": [
            (one, _unnamed(described.action(document, one)))
            for one in document.actions.values()
            if here is None or state in one.origins
        ],
        "clocks": [(one.title, _unnamed(described.clock(document, one))) for one in document.clocks.values()],
        "notices": [(one.subject, described.notice(one)) for one in document.notices.values()],
        "lacking": _("、").join(
            _lacking(document) if any(v.key == key and v.standing != "past" for v in found) else []
        ),
        "going": going, "done": request.GET.get("done", ""),
    }  # fmt: skip
    return render(request, "offices/procedure.html", context)


@office
@require_GET
def limit_policy(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """A version of the limits with the source of every line."""
    document = rules.published("limits", key)
    assert isinstance(document, LimitPolicy)
    known = rules.current()
    lines: dict[str, list[dict[str, str]]] = {}
    for row in document.limits:
        found = known.get(row.procedure)
        lines.setdefault(described.told(found.title) if found else row.procedure, []).append(
            described.limit(found, row) | {"key": row.clock}
        )
    context = _of_version(actor, "limits", key, rules.versions("limits", document.name)) | {
        "policy": document, "head": described.policy(document), "lines": lines,
        "samples": [described.sample(row) for row in document.callback_samples],
        "hours": [described.hours(row) for row in document.hours], "done": request.GET.get("done", ""),
    }  # fmt: skip
    return render(request, "offices/limit_policy.html", context)


EXAMPLE = {"number": "210718-000123-4", "title": gettext_lazy("南园小区门口的路灯不亮")}
"""What reply texts are shown with; the unit is the reader's city's first one."""


@office
@require_GET
def reply_texts(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """A version of the reply texts, each filled in with an example."""
    document = rules.published("replies", key)
    assert isinstance(document, Replies)
    context = _of_version(actor, "replies", key, rules.versions("replies", document.name)) | {
        "texts": document, "head": described.texts(document), "shown": _filled(document),
        "done": request.GET.get("done", ""),
    }  # fmt: skip
    return render(request, "offices/reply_texts.html", context)


@office
@require_GET
def rota_version(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """A version of the rota with the source of every line."""
    document = rules.published("rota", key)
    assert isinstance(document, Rota)
    parts = [
        (_("接访职级"), [described.rank(one) for one in document.ranks.values()]),
        (_("活动名目"), [described.programme(one) for one in document.programmes.values()]),
    ]
    return _city_rule(request, actor, "rota", document, described.rota(document), parts)


@office
@require_GET
def grades_version(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """A version of the rule of disputes with the source of every line."""
    document = rules.published("grades", key)
    assert isinstance(document, Rule)
    parts = [
        (_("等级"), [described.grade(one) for one in document.grades]),
        (_("排查"), [described.sweep(one) for one in document.sweeps]),
    ]
    return _city_rule(request, actor, "grades", document, described.dispute_rule(document), parts)


def _city_rule(
    request: HttpRequest, actor: Actor, sort: Sort, document: Rota | Rule, head: described.Described, parts: list[Any]
) -> HttpResponse:
    context = _of_version(actor, sort, document.key, rules.versions(sort, document.name)) | _words(sort) | {
        "document": document, "head": _unnamed(head), "done": request.GET.get("done", ""),
        "parts": [(title, list(rows[0]), [list(row.items()) for row in rows]) for title, rows in parts if rows],
        "holds": HOLDS[sort] % {"day": document.in_force.since.isoformat()},
    }  # fmt: skip
    return render(request, "offices/city_rule.html", context)


def _filled(document: Replies) -> list[tuple[str, str, str]]:
    """Each text with what it is for, filled in with an example."""
    language = get_language() or "zh"
    unit = next((one.code for one in org().units.values() if one.named().kind == UnitKind.DEPARTMENT), "")
    facts = {"number": str(EXAMPLE["number"]), "title": str(EXAMPLE["title"]), "unit": org().label_of(unit) or "12345"}
    return [
        (described.told(one.title), described.reply(one)[_("用于")], filled(one, language, facts))
        for one in document.replies.values()
    ]


def _of_version(actor: Actor, sort: Sort, key: str, found: list[Version]) -> dict[str, Any]:
    """What the pages of both sorts say of a version."""
    this = next(one for one in found if one.key == key)
    older = [one for one in found if one.version < this.version]
    names = display_names(one.row.published_by for one in found)
    history = {entry.subject: entry for entry in told_history(*(f"rules:{one.key}" for one in found))}
    return {
        "this": this, "sort": sort, "place": PLACES[sort], "before": older[0] if older else None,
        "may": actor.may(rights.PUBLISH_RULES),
        "versions": [
            (one, names.get(one.row.published_by, described_publisher(one.row.published_by)),
             history.get(f"rules:{one.key}"))
            for one in found
        ],
    }  # fmt: skip


def described_publisher(key: str) -> str:
    """Who published what comes with the program or was published at the shell."""
    return _("随程序安装或在命令行发布") if key.startswith("system:") else key


def _sort_of(request: HttpRequest) -> Sort:
    """By the list that the address lies under."""
    return next(sort for sort, place in PLACES.items() if request.path.startswith(f"/offices/{place}/"))


@office
@require_GET
def text(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """The published text as a file."""
    sort = _sort_of(request)
    answer = HttpResponse(rules.text_of(sort, key), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}.yaml"'
    return answer


@office
@require_GET
def compared(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """How a version differs from another one, named by `with`, or the one before it."""
    sort = _sort_of(request)
    after = rules.published(sort, key)
    found = rules.versions(sort, after.name)
    older = [one.key for one in found if one.version < after.version]
    other = request.GET.get("with", older[0] if older else key)
    before = rules.published(sort, other)
    if before.name != after.name:
        raise NotFound("no_such_version", _("没有发布过这个版本。"), do=_("请从列表中选择。"))
    context = {
        "place": PLACES[sort], "after": after, "before": before,
        "sections": compare.versions(before, after, rules.current()),
        "keys": [one.key for one in found if one.key != key],
    }  # fmt: skip
    return render(request, "offices/compared.html", context)


@office
@require_http_methods(["GET", "POST"])
def new_procedure(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new version of a procedure: checked, previewed, published."""
    return _new(request, actor, "procedure")


@office
@require_http_methods(["GET", "POST"])
def new_limits(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new version of the limits: checked, previewed, published."""
    return _new(request, actor, "limits")


@office
@require_http_methods(["GET", "POST"])
def new_replies(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new version of the reply texts: checked, previewed, published."""
    return _new(request, actor, "replies")


@office
@require_http_methods(["GET", "POST"])
def new_rota(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new version of the rota: checked, previewed, published."""
    return _new(request, actor, "rota")


@office
@require_http_methods(["GET", "POST"])
def new_grades(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new version of the rule of disputes: checked, previewed, published."""
    return _new(request, actor, "grades")


def _new(request: HttpRequest, actor: Actor, sort: Sort) -> HttpResponse:
    rules.needs(actor)
    began = request.GET.get("from", "")
    form = DocumentForm(request.POST if request.method == "POST" else None, request.FILES or None,
                        initial={"text": rules.next_text(sort, began) if began else ""})  # fmt: skip
    draft: Draft | None = None
    wrong: list[tuple[str, str]] = []
    error: HuiyinError | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if request.POST.get("do") == "publish":
                row = rules.publish(actor, sort, given["text"], seen=request.POST.get("seen", ""),
                                    reason=given["reason"])  # fmt: skip
                return redirect(f"{reverse(f'offices:{ONE[sort]}', args=[row.key])}?done=1")
            draft = rules.check(sort, given["text"])
        except ConfigError as fault:
            wrong = faults.told(fault)
        except BadInput as refused:
            form.take_over(refused)
            draft = _again(sort, given["text"])
        except Refused as refused:
            error = refused
        _with(form, given["text"])
    asked = request.POST.get("at", "")
    context = {
        "form": form, "sort": sort, "place": PLACES[sort], "draft": draft, "wrong": wrong, "error": error,
        "name": NAMES[sort], "holds": _holds(sort, draft), "list": f"offices:{PLACES[sort]}", "began": began,
        "at": asked or _now(),
        "lacking": _("、").join(
            described.told(draft.document.clocks[name].title) for name in draft.lacking
        ) if draft and isinstance(draft.document, Procedure) else "",
        "dates": _dates(draft, asked),
        "shown": _filled(draft.document) if draft and isinstance(draft.document, Replies) else [],
    }  # fmt: skip
    status = error.status if error else 422 if form.errors or wrong else 200
    return render(request, "offices/new_rules.html", context, status=status)


def _holds(sort: Sort, draft: Draft | None) -> str:
    if draft is None or sort not in HOLDS:
        return ""
    return str(HOLDS[sort]) % {"day": draft.document.in_force.since.isoformat()}


def _again(sort: Sort, document: str) -> Draft | None:
    """The preview once more, under a form that came back."""
    try:
        return rules.check(sort, document)
    except HuiyinError:
        return None


def _with(form: DocumentForm, document: str) -> None:
    """Put what was read from a file into the box, so that publishing sends it again."""
    form.data = {**{name: form.data.get(name, "") for name in form.data}, "text": document}


def _now() -> str:
    return clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M")


def _dates(draft: Draft | None, asked: str) -> list[due_dates.Line]:
    """Due dates under the old and the new limits for a matter received then."""
    if draft is None or not isinstance(draft.document, LimitPolicy):
        return []
    try:
        at = datetime.fromisoformat(asked or _now()).replace(tzinfo=clock.zone())
    except ValueError:
        return []
    before = draft.before if isinstance(draft.before, LimitPolicy) else None
    return due_dates.side_by_side(before, draft.document, rules.current(), at)
