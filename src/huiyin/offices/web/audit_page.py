"""The auditor's page: who did what about access, on the page and as a file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from huiyin.access.actor import Actor
from huiyin.audit import services as audits
from huiyin.audit.models import Entry
from huiyin.cases.web.lists_out import cut_off
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.offices.web.audit_words import ACTIONS, about, people_in, told, who
from huiyin.offices.web.common import office
from huiyin.people.services import display_names, keys_of
from huiyin.webkit.downloads import check_form, table_file

PAGE, EXPORT_MOST = 50, 10_000
KEYS = ("id", "at", "actor", "action", "subject", "reason", "detail")
WIDTHS = (10, 18, 16, 20, 30, 40, 60)


@dataclass(frozen=True)
class Asked:
    """What the audit is narrowed to: by whom, what, about whom or what, on which days, which numbers of entries."""

    actor: str
    action: str
    subject: str
    first: str
    last: str
    since: str
    until: str

    @classmethod
    def read(cls, request: HttpRequest) -> "Asked":
        """From an address; BadInput naming the field."""
        given = {name: request.GET.get(name, "").strip()[:120] for name in cls.__dataclass_fields__}
        wrong = [FieldError(name, _("查找的文字含有看不见的字符。")) for name in given if not given[name].isprintable()]
        wrong += [FieldError(n, _("应为记录的编号。")) for n in ("since", "until") if given[n] and not whole(given[n])]
        wrong += [
            FieldError(name, _("应为日期，如2021-10-08。")) for name in ("first", "last") if not _is_day(given[name])
        ]
        if wrong:
            raise BadInput(*wrong)
        return cls(**given)

    @property
    def plain_actor(self) -> str:
        """As it is typed: people by their username."""
        return self.actor.removeprefix("user:")

    @property
    def plain_subject(self) -> str:
        """As it is typed."""
        return self.subject.removeprefix("user:")

    @property
    def query(self) -> dict[str, str]:
        """What is set, as it stands in an address."""
        return {name: text for name, text in vars(self).items() if text}

    def entries(self, actor: Actor, most: int, before: str = "") -> Sequence[Entry]:
        """The newest of them, from before the entry of that number."""
        below = int(before) if before else int(self.until) + 1 if self.until else None
        return audits.entries(
            actor, before=below, since=int(self.since or 0), most=most, action=self.action,
            who=keys_of(self.actor), subject=[self.subject, *keys_of(self.subject)] if self.subject else (),
            first=clock.asked_day(self.first), last=clock.asked_day(self.last),
        )  # fmt: skip


@office
@require_GET
def audit(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who did what, the newest first; with `format` as a file, which is written down too."""
    asked, before = Asked.read(request), request.GET.get("before", "")
    if before and not whole(before):
        raise BadInput(FieldError("before", _("应为记录的编号。")))
    if form := request.GET.get("format", ""):
        return _file(actor, asked, form)
    rows = asked.entries(actor, PAGE + 1, before)
    context = {
        "rows": _told(rows[:PAGE]), "asked": asked, "actions": sorted(ACTIONS.items(), key=lambda one: str(one[1])),
        "next": "?" + urlencode(asked.query | {"before": rows[PAGE - 1].pk}) if len(rows) > PAGE else "",
        "first": "?" + urlencode(asked.query) if before else "", "query": urlencode(asked.query),
    }  # fmt: skip
    return render(request, "offices/audit.html", context)


def _told(rows: Sequence[Entry]) -> list[tuple[Entry, str, Any, tuple[Any, str], list[tuple[Any, str]]]]:
    """Each entry with who, what, about what, and its details in words. One statement for new names."""
    details = [json.loads(row.detail) for row in rows]
    names = display_names(
        key for row, detail in zip(rows, details, strict=True) for key in (row.actor, row.subject, *people_in(detail))
    )
    return [
        (row, who(row.actor, names), ACTIONS.get(row.action, row.action), about(row.action, row.subject, names),
         told(detail, names))
        for row, detail in zip(rows, details, strict=True)
    ]  # fmt: skip


def _file(actor: Actor, asked: Asked, form: str) -> HttpResponseBase:
    check_form(form)
    found = asked.entries(actor, EXPORT_MOST + 1)
    audits.record(actor=actor.key, action="export_audit", detail={"rows": len(found[:EXPORT_MOST]), "as": form})
    rows = _lines(found)
    return table_file(
        form, title=gettext("审计"), file=f"huiyin-audit-{clock.today()}", rows=rows, keys=KEYS, widths=WIDTHS
    )  # fmt: skip


def _lines(found: Sequence[Entry]) -> Iterator[Sequence[object]]:
    yield [_("编号"), _("时间"), _("谁"), _("做了什么"), _("对谁或哪件"), _("理由"), _("细节")]
    for row, by, what, which, details in _told(found[:EXPORT_MOST]):
        said = " · ".join(f"{name} {value}" for name, value in details)
        subject = " ".join(str(part) for part in which if part)
        yield [row.pk, f"{clock.local(row.at):%Y-%m-%d %H:%M:%S}", by, str(what), subject, row.reason, said]
    if len(found) > EXPORT_MOST:
        yield [cut_off(EXPORT_MOST)]


def whole(text: str) -> bool:
    """Whether a text is a number as databases have them."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def _is_day(text: str) -> bool:
    try:
        clock.asked_day(text)
    except ValueError:
        return False
    return True
