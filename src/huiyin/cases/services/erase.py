"""Erasing people by law: one asks and names the rule, another carries it out, and what is gone stays gone.

Events stay: they hold codes and commitments, so that every hash still verifies, and the case keeps its number, states,
clocks and figures. Everything that anybody wrote in it goes, the redacted copies and the unit's own notes too, because
redaction finds much and not all (docs/explanation/personal-data.md). Legal basis: PIPL art. 47.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from json import loads
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import findable, policies, queries, similar
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Move
from huiyin.cases.enums import Confidentiality, Phase
from huiyin.cases.inputs import Given
from huiyin.cases.models import Attachment, Case, Event, Passage
from huiyin.cases.procedures.spec import Action
from huiyin.cases.registry import forgets
from huiyin.cases.services.events import append
from huiyin.cases.services.requests import Request
from huiyin.cases.services.write import write
from huiyin.files import services as files
from huiyin.kernel import clock, home
from huiyin.kernel.canonical import dumps, instant_text
from huiyin.kernel.errors import NotAllowed, Refused
from huiyin.notices import services as notices
from huiyin.people.models import Party
from huiyin.search import index

ASKED, ERASED, KEPT = "erasure_asked", "erased", "erasure_refused"
RULES: dict[str, dict[str, str]] = {
    "request": {"zh": "本人请求删除（个人信息保护法第四十七条）", "en": "Asked for by the person (PIPL 47)"},
    "retention": {
        "zh": "保存期限届满（个人信息保护法第十九条、第四十七条）",
        "en": "Kept as long as it had to be (PIPL 19, 47)",
    },
    "unlawful": {"zh": "违法处理的（个人信息保护法第四十七条）", "en": "Processed unlawfully (PIPL 47)"},
}
"""Why somebody's data have to go."""
RESTORE = Actor("system:restore", "恢复备份")
"""Erases anew after a restore, in the name of those who erased first."""
LIST = "erasures.jsonl"
"""In the home: a line for each erasure, with the numbers of its matters and nothing personal; outside the database, so
that a restored backup brings nobody back for good (`huiyin retention again`).
"""
_INPUTS = {
    "rule": {"title": {"zh": "依据", "en": "Rule"}, "type": "choice", "choices": RULES},
    "request": {"title": {"zh": "个人信息请求", "en": "Request"}, "type": "case"},
}
_TITLES = {
    ASKED: {"zh": "提出删除个人信息", "en": "Erasure asked for"},
    ERASED: {"zh": "依法删除个人信息", "en": "Personal data erased by law"},
    KEPT: {"zh": "不予删除个人信息", "en": "Erasure refused"},
}
ACTIONS = {
    kind: Action.model_validate({"title": title, "by": ["supervisor"], "inputs": _INPUTS})
    for kind, title in _TITLES.items()
}
"""Kinds of the events that erasing makes, as no procedure states them."""


def ask(*, actor: Actor, cases: Iterable[UUID], rule: str, request: str = "") -> list[Dossier]:
    """Ask for the erasure of the requesters of these cases; `request` is the number of the case that it was asked in.

    Raises NotAllowed, and Refused while one is open, erased or asked for already; then nothing is written.
    """
    dossiers = _of(cases)
    for dossier in dossiers:
        _check_right(actor, dossier, policies.TAKE_IN)
        if "erasure" in dossier.tally:
            raise Refused("erasure_asked_already", _("已有一项删除申请等待批准。"), do=_("请由另一人批准或不予批准。"))
    _check_closed(dossiers)
    for dossier in dossiers:
        _append(actor.key, actor, dossier, ASKED, {"rule": rule}, request)
    write(dossiers)
    return dossiers


def keep(*, actor: Actor, cases: Iterable[UUID], request: str = "") -> list[Dossier]:
    """Don't erase what was asked for, or no longer: those that wait are let go. Why stands in the request's case."""
    waiting = [dossier for dossier in _of(cases) if "erasure" in dossier.tally]
    for dossier in waiting:
        _append(actor.key, actor, dossier, KEPT, {"rule": dossier.tally["erasure"]["rule"]}, request)
    write(waiting)
    return waiting


def erase(*, actor: Actor, cases: Iterable[UUID], request: Dossier | None = None) -> list[Dossier]:
    """Destroy the data of the requesters of these cases, and of `request` with them, in one transaction: key, contact,
    texts, files and notices in all their matters, each of which gets an `erased` event.

    Raises NotAllowed, and Refused with nothing erased for one's own wish, where nobody asked, and while a matter of
    theirs is open; Stale.
    """
    asked = _of(cases)
    for dossier in asked:
        _check_right(actor, dossier, policies.SUPERVISE)
        _check_two(actor, dossier)
    number = request.case.number if request else ""
    return _carry_out(actor, asked, request, number)


def erase_for_age(*, actor: Actor, cases: Iterable[UUID], asked_by: str) -> list[Dossier]:
    """The same where a period of retention asks, in whose name `asked_by` (a job of the system) stands."""
    found = _of(cases)
    for dossier in found:
        _check_right(actor, dossier, policies.SUPERVISE)
    _check_closed(found)
    for dossier in found:
        _append(asked_by, None, dossier, ASKED, {"rule": "retention"}, "")
    return _carry_out(actor, found, None, "")


def erase_again(told: Mapping[str, Any]) -> list[Dossier]:
    """Erase whom a line of `erasures.jsonl` names, whom a restored backup brought back; nothing where nobody is.

    Raises Refused while a matter of theirs is open.
    """
    there = Case.objects.filter(number__in=told["cases"], requester__key__isnull=False)
    found = _of(there.values_list("pk", flat=True))
    if not found:
        return []
    _check_closed(found)
    for dossier in found:
        if "erasure" not in dossier.tally:
            _append(RESTORE.key, None, dossier, ASKED, {"rule": told["rule"]}, "")
    return _carry_out(RESTORE, found, None, "")


def list_missing(since: datetime | None = None) -> int:
    """Put into `erasures.jsonl` what was erased (recorded since that instant) and isn't there, because a process died
    between erasing and listing; how many matters. For the worker. A matter listed twice is erased anew once.
    """
    done = Event.objects.filter(kind=ERASED).order_by("recorded_at", "case", "seq").select_related("case")
    events = list(done if since is None else done.filter(recorded_at__gte=since))
    listed = {number for told in read_list(home.path() / LIST) for number in told["cases"]} if events else set()
    missing = [event for event in events if event.case.number not in listed]
    for event in missing:
        _list([event.case.number], loads(event.payload)["given"]["rule"], event.actor, event.recorded_at)
    return len(missing)


def read_list(file: Path) -> list[dict[str, Any]]:
    """The lines of such a list, but for one that a dying process left unfinished; empty where there is no file."""
    told = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        with suppress(ValueError):
            told.append(loads(line))
    return told


def apply_erasure(dossier: Dossier, kind: str, payload: Mapping[str, Any], actor: str) -> None:
    """The effect on the dossier, live and replayed."""
    rule = payload["given"]["rule"]
    if kind == ASKED:
        dossier.tally["erasure"] = {"rule": rule, "by": actor}
        return
    dossier.tally.pop("erasure", None)
    if kind == ERASED:
        dossier.tally["erased"] = rule


def _carry_out(actor: Actor, asked: list[Dossier], request: Dossier | None, number: str) -> list[Dossier]:
    rules = {d.case.requester_id: d.tally["erasure"]["rule"] for d in asked}
    rule = next(iter(rules.values()))
    known = {d.case.pk for d in asked} | ({request.case.pk} if request else set())
    others = Case.objects.filter(requester__in=list(rules)).exclude(pk__in=known).values_list("pk", flat=True)
    dossiers = [*asked, *_of(others), *([request] if request else [])]
    _check_closed(dossiers)
    for dossier in dossiers:
        _append(actor.key, actor, dossier, ERASED, {"rule": rules.get(dossier.case.requester_id, rule)}, number)
    with transaction.atomic():
        write(dossiers)
        _destroy([d.case for d in dossiers])
        transaction.on_commit(lambda: _list([d.case.number for d in dossiers], rule, actor.key, clock.now()))
    for dossier in dossiers:
        case = dossier.case
        case.title, case.address, case.heading = "", "", None
        case.requester.key, case.requester.contact, case.requester.phone_index = None, None, ""
    return dossiers


def _of(cases: Iterable[UUID]) -> list[Dossier]:
    rows = Case.objects.filter(pk__in=list(cases)).select_related("requester").order_by("pk")
    return queries.load(list(rows))


def _check_right(actor: Actor, dossier: Dossier, right: str) -> None:
    """Of an accusation its examining body alone; of everything else whoever holds the right and may know of it."""
    sealed = dossier.case.confidentiality == Confidentiality.SEALED
    if policies.sees(actor, dossier) and (sealed or actor.may(right)):
        return
    raise NotAllowed(
        "not_yours",
        _("您不能处理个人信息的删除。"),
        rule=_("删除由热线坐席提出，由热线主管批准；检举控告由承办机构的两个人办理。"),
        do=_("请联系热线主管。"),
    )


def _check_two(actor: Actor, dossier: Dossier) -> None:
    wish = dossier.tally.get("erasure")
    if wish is None:
        raise Refused("erasure_not_asked", _("没有等待批准的删除申请。"), do=_("请先由经办人提出。"))
    if wish["by"] == actor.key:
        raise Refused(
            "own_erasure",
            _("删除申请是您本人提出的。"),
            rule=_("删除须由提出人以外的人批准。"),
            do=_("请由其他主管批准。"),
        )


def _check_closed(dossiers: Sequence[Dossier]) -> None:
    for dossier in dossiers:
        if dossier.case.requester.erased:
            raise Refused("erased_already", _("这件事项的个人信息已依法删除。"), do=_("删除后无法恢复。"))
    open_ones = [d.case.number for d in dossiers if d.case.phase == Phase.OPEN]
    if open_ones:
        raise Refused(
            "still_open",
            _("还有事项在办：%(numbers)s。") % {"numbers": _("、").join(open_ones)},
            rule=_("办结并答复以后才能删除。"),
            do=_("请先办结。"),
            numbers=open_ones,
        )


def _append(
    by: str, actor: Actor | None, dossier: Dossier, kind: str, codes: Mapping[str, str], request: str
) -> None:  # fmt: skip
    now, state = clock.now(), dossier.case.state
    given = {**codes, **({"request": request} if request else {})}
    payload: dict[str, Any] = {"from": state, "to": state, "given": given}
    unit = actor.postings[0].unit if actor and actor.postings else ""
    move = Move(kind, ACTIONS[kind], state, state)
    event = append(dossier, by, unit, move, payload, Request(kind), now, now, Given({}, {}))
    apply_erasure(dossier, kind, payload, by)
    dossier.settle(event)


def _destroy(cases: Sequence[Case]) -> None:
    """Everything that tells who they are or what was written; the bytes of files once the transaction is through."""
    keys, parties = [case.pk for case in cases], [case.requester_id for case in cases]
    held = list(Attachment.objects.filter(case__in=keys).values_list("file_id", "file__stored"))
    files.erase([pk for pk, _stored in held])
    Attachment.objects.filter(case__in=keys).update(nonce="")
    Passage.objects.filter(case__in=keys).update(text="", nonce="", sealed=None)
    Case.objects.filter(pk__in=keys).update(title="", address="", heading=None)
    for kind in findable.KINDS:
        index.forget(kind, [str(key) for key in keys])
    similar.forget(keys)
    notices.forget(parties)
    notices.forget_cases(case.number for case in cases)
    for forget in forgets.values():
        forget(keys)
    Party.objects.filter(pk__in=parties).update(key=None, contact=None, phone_index="")
    transaction.on_commit(lambda: files.unlink([stored for _pk, stored in held]))


def _list(numbers: Sequence[str], rule: str, by: str, at: datetime) -> None:
    line = dumps({"at": instant_text(at), "by": by, "cases": list(numbers), "rule": rule})
    with (home.path() / LIST).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n" if _ends_whole(home.path() / LIST) else f"\n{line}\n")
        file.flush()
        os.fsync(file.fileno())


def _ends_whole(file: Path) -> bool:
    """Whether nothing unfinished stands at the end."""
    return not file.exists() or file.read_bytes()[-1:] in {b"", b"\n"}
