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

PLACES: Mapping[Sort, str] = {"procedure": "procedures", "limits": "limits", "replies": "replies"}
ONE: Mapping[Sort, str] = {"procedure": "procedure", "limits": "limit_policy", "replies": "reply_texts"}
"""A sort of document → the page of a version."""
"""A sort of document → the name of its list."""


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
    return render(request, f"offices/{PLACES[sort]}.html", context)


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
        "list": f"offices:{PLACES[sort]}", "began": began, "at": asked or _now(),
        "lacking": _("、").join(
            described.told(draft.document.clocks[name].title) for name in draft.lacking
        ) if draft and isinstance(draft.document, Procedure) else "",
        "dates": _dates(draft, asked),
        "shown": _filled(draft.document) if draft and isinstance(draft.document, Replies) else [],
    }  # fmt: skip
    status = error.status if error else 422 if form.errors or wrong else 200
    return render(request, "offices/new_rules.html", context, status=status)


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
