"""A case's whole story for people: what happened, who did it, and every clock with its derivation.

The shell, the API and the case page tell it from here, so that they can't tell it differently.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import catalogue, deadlines, findings, ledger, originals, policies, queries
from huiyin.cases.beside import FILES
from huiyin.cases.deadlines import Calendars, LegalClock
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.enums import Audience, Confidentiality, TimeUnit
from huiyin.cases.models import Attachment, Case, Event
from huiyin.cases.models.case import erased_words
from huiyin.cases.procedures.spec import Action, Input, InputType, Procedure
from huiyin.cases.services import erase
from huiyin.cases.services.correct import CORRECTED, CORRECTION
from huiyin.files.services import name_of, plain_name
from huiyin.kernel import clock
from huiyin.kernel.ids import normal_case_number
from huiyin.org.reference import org
from huiyin.people.services import display_names
from huiyin.webkit import words
from huiyin.workdays.arithmetic import Step

MARKS = {
    "clock_warned": gettext_lazy("时限提醒"),
    "clock_breached": gettext_lazy("已逾期"),
    "clock_escalated": gettext_lazy("逾期升级"),
    "clock_ran_out": gettext_lazy("期满自动处理"),
    "clock_lapsed": gettext_lazy("期限已过"),
    "clock_recounted": gettext_lazy("按放假安排重新计算"),
    "procedure_migrated": gettext_lazy("变更程序版本"),
}


BETWEEN = "、"
BESIDE_PROCEDURES = {**erase.ACTIONS, CORRECTED: CORRECTION}
STEPS = {
    "start": gettext_lazy("起算日，不计入"),
    "workday": gettext_lazy("工作日"),
    "weekend": gettext_lazy("周末，不计"),
    "holiday": gettext_lazy("节假日，不计"),
    "makeup": gettext_lazy("调休上班，计入"),
    "closure": gettext_lazy("本市停休，不计"),
    "extra": gettext_lazy("本市加班，计入"),
    "calendar_days": gettext_lazy("自然日"),
    "rolled": gettext_lazy("最后一日非工作日，顺延至此"),
    "extension": gettext_lazy("延期，自此续计"),
    "pause": gettext_lazy("暂停计时"),
    "resume": gettext_lazy("恢复计时，次日续计"),
}
PAUSES = {"pause", "resume"}
LIMITS: Mapping[str, Callable[[int], str]] = {
    "workdays": lambda n: ngettext("%(n)s个工作日", "%(n)s个工作日", n),
    "calendar_days": lambda n: ngettext("%(n)s日", "%(n)s日", n),
    "hours": lambda n: ngettext("%(n)s小时", "%(n)s小时", n),
    "work_hours": lambda n: ngettext("%(n)s个工作小时", "%(n)s个工作小时", n),
}


@dataclass(frozen=True)
class Beside:
    """What stands beside the events: texts of each event by field, files by event, as far as the reader may."""

    texts: Mapping[int, Mapping[str, queries.Said]] = field(default_factory=dict)
    files: Mapping[int, Sequence[Attachment]] = field(default_factory=dict)


def audiences(actor: Actor) -> list[str]:
    """Which texts of the case the actor may read."""
    if not is_staff(actor):
        return [Audience.PUBLIC, Audience.REQUESTER]
    return list(Audience)


def story(actor: Actor, number: str) -> dict[str, Any]:
    """The case, its clocks and its events, as far as the actor may see them. NotFound otherwise."""
    return whole(actor, queries.find(actor, number))


def whole(actor: Actor, dossier: Dossier, there: Collection[str] = (FILES,)) -> dict[str, Any]:
    """The story of a case already found: its events with the texts and files that the actor may read. `there`: what
    stands beside it, where that is known; without `FILES` it has none.
    """
    case, whom, staff = dossier.case, audiences(actor), is_staff(actor)
    note_reading(actor, case)
    files = queries.attachments(case, whom) if FILES in there else {}
    beside = Beside(_by_event(queries.passages(case, whom, originals=not staff)), files)
    events = queries.history(case)
    told = tell(dossier, events, beside, staff=staff, shut_at=shut_instants(actor, case))
    if not staff and (heading := originals.read_heading(case)):
        told["title"] = heading.title
    shut, hidden = policies.kept_shut(actor, case), _hidden_numbers(actor, told)
    inward = frozenset[int]() if staff else {event.seq for event in events if is_inward(dossier.procedure, event)}
    told["events"] = [event for event in told["events"] if not (shut(event["seq"]) or event["seq"] in inward)]
    told_who = policies.sees_identity(actor, case)
    for event in told["events"]:
        event["given"] = [given for given in event["given"] if not hidden & set(given["value"].split(BETWEEN))]
        if event["seq"] == 1 and "actor" in event and not told_who:
            event |= {"actor": "", "actor_name": "", "unit": "", "unit_name": ""}
    return told


def is_inward(procedure: Procedure, event: Event) -> bool:
    """Whether it is among staff alone: such an act, or a mark of such a clock."""
    if event.kind in procedure.actions:
        return procedure.actions[event.kind].inward
    ticking = json.loads(event.payload).get("clock")
    return ticking is not None and procedure.clocks[ticking].inward


def _by_event(texts: Mapping[tuple[int, str], queries.Said]) -> Mapping[int, Mapping[str, queries.Said]]:
    """Found once: a long history would look through all texts for each of its events."""
    found: dict[int, dict[str, queries.Said]] = {}
    for (seq, name), said in texts.items():
        found.setdefault(seq, {})[name] = said
    return found


def note_reading(actor: Actor, case: Case) -> None:
    """Write down for the auditor that somebody other than who made it reads an accusation."""
    if is_staff(actor) and case.confidentiality == Confidentiality.SEALED:
        record(actor=actor.key, action="read_accusation", subject=case.number)


def shut_instants(actor: Actor, case: Case) -> frozenset[datetime]:
    """When something happened on the case that stays shut to the actor: what was placed or started then is shut too."""
    if not case.tally.get("kept"):
        return frozenset()
    shut = policies.kept_shut(actor, case)
    rows = Event.objects.filter(case=case).values_list("seq", "occurred_at")
    return frozenset(at for seq, at in rows if shut(seq))


def _hidden_numbers(actor: Actor, told: Mapping[str, Any]) -> set[str]:
    """Numbers of other cases named in the story that the actor may not know of."""
    said = {part for event in told["events"] for one in event["given"] for part in one["value"].split(BETWEEN)}
    named = {part for part in said if normal_case_number(part)}
    return named - set(queries.known_numbers(actor, named)) if named else set()


def is_staff(actor: Actor) -> bool:
    """Whether the actor works here, and so reads who did what."""
    return not actor.key.startswith("requester:")


def tell(
    dossier: Dossier, events: Sequence[Event], beside: Beside, *, staff: bool, shut_at: Collection[datetime] = ()
) -> dict[str, Any]:  # fmt: skip
    """The story from rows already read."""
    case, procedure = dossier.case, dossier.procedure
    calendars = queries.calendars(dossier.policy)
    names = display_names(event.actor for event in events) if staff else {}
    state = procedure.states[case.state]
    language = get_language() or "zh"
    return {
        "number": case.number,
        "title": case.shown_title,
        "procedure": procedure.key,
        "state": case.state,
        "state_title": (state.title if staff else state.public or state.title).in_(language),
        "phase": str(case.phase),
        "received_at": _iso(case.received_at),
        "promise": _promise(dossier),
        "orders": [
            {"unit": o.unit_id, "name": org().name_of(o.unit_id), "role": str(o.role), "status": str(o.status)}
            for o in dossier.orders
            if o.placed_at not in shut_at
        ],
        "clocks": [
            clock_data(c, procedure, calendars, language)
            for c in dossier.clocks
            if c.started_at not in shut_at and (staff or not procedure.clocks[c.name].inward)
        ],
        "events": [event_data(e, procedure, beside, names, staff=staff) for e in events],
        "chain_intact": ledger.first_break(case.number, events) is None,
    }


def _promise(dossier: Dossier) -> dict[str, object] | None:
    promise = dossier.promise
    if promise is None:
        return None
    return {
        "due_at": _iso(promise.due_at),
        "met_at": _iso(promise.met_at),
        "late": promise.late,
        "paused": promise.paused,
    }


def clock_data(ticking: LegalClock, procedure: Procedure, calendars: Calendars, language: str) -> dict[str, Any]:
    """One clock with every step to its due date."""
    derived = deadlines.derive(ticking, calendars)
    limit, now, grounds = ticking.limit, clock.now(), pause_grounds(procedure, language)
    left = deadlines.time_left(ticking, now, calendars)
    late = ticking.late or (ticking.running and ticking.due_at is not None and ticking.due_at <= now)
    by_hours = limit.unit in {TimeUnit.HOURS, TimeUnit.WORK_HOURS}
    return {
        "name": ticking.name,
        "title": procedure.clocks[ticking.name].title.in_(language),
        "unit": ticking.unit,
        "unit_name": org().name_of(ticking.unit) if ticking.unit else "",
        "limit": _limit_text(limit.length, str(limit.unit), language),
        "extended_by": ticking.extended_by,
        "extended": _limit_text(ticking.extended_by, str(limit.unit), language),
        "source": limit.source,
        "policy": limit.policy,
        "basis": basis_text(procedure, procedure.clocks[ticking.name].basis, language),
        "started_at": _iso(ticking.started_at),
        "due_at": _iso(derived.due_at),
        "due_text": due_text(derived.due_at),
        "met_at": _iso(ticking.met_at),
        "dropped_at": _iso(ticking.dropped_at),
        "late": late,
        "left": left,
        "soon": _soon(ticking, procedure, late=late, left=left),
        "running": ticking.running,
        "paused": ticking.paused,
        "provisional_year": derived.provisional,
        "steps": [
            _by_the_hour(step, ticking, derived, language) if by_hours else step_data(step, language)
            for step in (
                replace(one, name=grounds.get(one.name, one.name)) if one.kind in PAUSES else one
                for one in derived.steps
            )
        ],
    }


def pause_grounds(procedure: Procedure, language: str) -> Mapping[str, str]:
    """What its clocks pause for, by the code of the ground; a state in which they stood still is one by its title."""
    known = procedure.worked_out
    if (pause_grounds, language) not in known:
        asked = [
            one.inputs["ground"] for one in procedure.actions.values() if one.clocks.pause and "ground" in one.inputs
        ]
        stood = {name: state.title.in_(language) for name, state in procedure.states.items()}
        known[pause_grounds, language] = stood | {
            code: title.in_(language) for ground in asked for code, title in ground.choices.items()
        }
    found: Mapping[str, str] = known[pause_grounds, language]
    return found


def _soon(ticking: LegalClock, procedure: Procedure, *, late: bool, left: tuple[int, str]) -> bool:
    """Whether somebody should hurry: within a day, or four hours; a window that closes is no hurry."""
    if not ticking.running or late or procedure.clocks[ticking.name].window:
        return False
    return left[0] <= (4 if left[1] == "hours" else 1)


def _by_the_hour(
    step: Step, ticking: LegalClock, derived: deadlines.Derivation, language: str
) -> dict[str, Any]:  # fmt: skip
    """A step of a limit in hours: begin and end with the time."""
    told, text = step_data(step, language), ""
    if step.kind == "start":
        text = _("%(time)s 起算") % {"time": f"{clock.local(ticking.started_at):%H:%M}"}
    elif step.kind in {"hours", "work_minutes"} and derived.due_at:
        text = _("%(time)s 届满") % {"time": f"{clock.local(derived.due_at):%H:%M}"}
    return told | {"text": text} if text else told


@lru_cache(maxsize=4096)
def step_data(step: Step, language: str) -> dict[str, Any]:
    """A day of a derivation, in the language that is being spoken. A due date has one for each day of its way, and the
    same days come again with every case: read the answer, don't change it.
    """
    said = str(STEPS.get(str(step.kind), step.kind))
    if step.name and step.kind in {"holiday", "closure", "extra", "pause", "resume"}:
        said = f"{said}（{step.name}）"
    return {"date": step.date.isoformat(), "kind": str(step.kind), "text": said, "counted": step.counted}


def basis_text(procedure: Procedure, basis: str, language: str = "") -> str:
    """`WF 22; BJ 12` with the documents' names, as the procedure gives them; in the language that is being spoken."""
    english = (language or get_language() or "").startswith("en")
    known, asked = procedure.worked_out, (basis_text, basis, english)
    if asked not in known:
        known[asked] = _basis_text(procedure, basis, english=english)
    return str(known[asked])


def _basis_text(procedure: Procedure, basis: str, *, english: bool) -> str:
    said = []
    for part in (p.strip() for p in basis.split(";")):
        abbreviation, _space, articles = part.partition(" ")
        source = procedure.sources.get(abbreviation)
        if source is None:
            said.append(part)
        elif english:
            said.append(f"{source.en}, art. {articles}")
        else:
            said.append(f"{source.zh}第{articles.replace(', ', '、')}条")
    return "；".join(said) if not english else "; ".join(said)


def limit_text(length: int, unit: str) -> str:
    """`5个工作日`, in the language that is being spoken."""
    return _limit_text(length, unit, get_language() or "zh")


@lru_cache(maxsize=1024)
def _limit_text(length: int, unit: str, _language: str) -> str:
    return LIMITS[unit](length) % {"n": length}


def due_text(due_at: datetime | None) -> str:
    """The last day, as `2021年10月8日 24:00`; an hour for limits in hours."""
    return words.due(due_at) if due_at else _("暂停中")


def _among_staff(asked: Input) -> bool:
    return asked.inward or asked.type in {InputType.PEOPLE, InputType.CASE}


def event_data(
    event: Event, procedure: Procedure, beside: Beside, names: Mapping[str, str], *, staff: bool
) -> dict[str, Any]:
    """One event in words; the requester doesn't see who at the desk did it, only on whose behalf."""
    payload = json.loads(event.payload)
    action = procedure.actions.get(event.kind) or BESIDE_PROCEDURES.get(event.kind)
    language = get_language() or "zh"
    title = action.title.in_(language) if action else MARKS.get(event.kind, event.kind)
    inputs = action.inputs if action else {}
    data = {
        "seq": event.seq,
        "kind": event.kind,
        "title": str(title),
        "at": _iso(event.occurred_at),
        "unit": event.unit,
        "unit_name": org().name_of(event.unit) if event.unit else "",
        "from": payload.get("from", ""),
        "to": payload.get("to", ""),
        "given": [
            {
                "name": name,
                "title": _input_title(inputs.get(name), name, language),
                "value": given_text(inputs.get(name), value, language),
            }
            for name, value in payload.get("given", {}).items()
            if staff or not (name in inputs and _among_staff(inputs[name]))
        ],
        "texts": [
            {
                "name": name, "title": _input_title(inputs.get(name), name, language), "text": said.text,
                "shortened": said.shortened, "erased": said.erased,
            }
            for name, said in sorted(beside.texts.get(event.seq, {}).items(), key=itemgetter(0))
        ],
        "files": [file_data(one, _input_title(inputs.get(one.field), one.field, language), staff=staff) for one in
                  beside.files.get(event.seq, [])],
        "source": str(event.source),
    }  # fmt: skip
    if "clock" in payload:
        data["clock"] = procedure.clocks[payload["clock"]].title.in_(language)
    if staff:
        data |= {
            "actor": event.actor,
            "actor_name": _name_of(event.actor, names),
            "hash": event.hash,
            "recorded_at": _iso(event.recorded_at),
            "findings": findings.titles(payload["checked"], language) if "checked" in payload else [],
        }
    return data


def file_data(attached: Attachment, title: str, *, staff: bool) -> dict[str, Any]:
    """One attached file; its bytes are fetched by its id. Its own name may tell who it is of, so staff read another."""
    kept = attached.file
    erased = kept.key is None
    name = erased_words() if erased else plain_name(kept) if staff else name_of(kept)
    return {
        "id": str(attached.pk), "title": title, "name": name, "erased": erased,
        "media_type": kept.media_type, "size": kept.size,
        "picture": kept.media_type.startswith("image/") and not erased,
    }  # fmt: skip


def _name_of(actor: str, names: Mapping[str, str]) -> str:
    kind = actor.partition(":")[0]
    plain = {"requester": _("诉求人"), "system": _("系统"), "anonymous": _("访客")}
    return names.get(actor) or plain.get(kind, actor)


def _input_title(asked: Input | None, name: str, language: str) -> str:
    return (
        asked.title.in_(language)
        if asked
        else {"body": _("诉求内容"), "ground": _("理由"), "files": _("附件")}.get(name, name)
    )


def given_text(asked: Input | None, value: object, language: str) -> str:
    """A code as people read it."""
    kind = asked.type if asked else InputType.UNITS if isinstance(value, str) else None
    if asked is not None and kind is InputType.CHOICE and str(value) in asked.choices:
        return asked.choices[str(value)].in_(language)
    if kind in {InputType.UNIT, InputType.UNITS}:
        return BETWEEN.join(org().label_of(str(code)) for code in _several(value))
    said = _TOLD.get(kind) if kind else None
    return said(value) if said else str(value)


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _category(value: object) -> str:
    known = catalogue.categories().get(str(value))
    return catalogue.label_of(known) if known else str(value)


def _people(value: object) -> str:
    keys = [f"user:{username}" for username in _several(value)]
    names = display_names(keys)
    return BETWEEN.join(names.get(key, key) for key in keys)


_TOLD: Mapping[InputType, Callable[[object], str]] = {
    InputType.CATEGORY: _category,
    InputType.AREA: lambda value: org().area_name_of(str(value)),
    InputType.PEOPLE: _people,
    InputType.CASES: lambda value: BETWEEN.join(str(one) for one in _several(value)),
    InputType.FLAG: lambda value: _("是") if value else _("否"),
}


def option_data(procedure: Procedure, option: Option, language: str) -> dict[str, Any]:
    """An action that may be taken, or why not yet, with what it asks for."""
    known, asked, refusal = procedure.worked_out, (option_data, option.name, language), option.refusal
    if asked not in known:
        title = option.action.title.in_(language)
        known[asked] = {"name": option.name, "title": title, "inputs": inputs_data(option.action, language)}
    told = {
        "code": refusal.code, "what": str(refusal.what), "rule": str(refusal.rule), "do": str(refusal.do),
    } if refusal else None  # fmt: skip
    return {**known[asked], "possible": refusal is None, "refusal": told}


def inputs_data(action: Action, language: str) -> list[dict[str, Any]]:
    """What an action asks for."""
    return [
        {
            "name": name,
            "title": asked.title.in_(language),
            "type": str(asked.type),
            "required": asked.required,
            "choices": [{"value": v, "title": t.in_(language)} for v, t in asked.choices.items()],
        }
        for name, asked in action.inputs.items()
    ]


def _iso(instant: datetime | None) -> str | None:
    return clock.local(instant).isoformat(timespec="seconds") if instant else None


def lines(told: dict[str, Any]) -> Iterable[str]:
    """The story as plain text for a shell."""
    yield f"{told['number']}  {told['title']}"
    yield f"{told['procedure']}  {told['state_title']}（{told['state']}）"
    yield ""
    for event in told["events"]:
        what = event.get("clock", "")
        who = f"{event['unit_name']} {event.get('actor_name', '')}".strip()
        yield f"{event['seq']:>3} {event['at'][:16]}  {event['title']} {what}  {who}"
        for item in event["given"]:
            yield f"      {item['title']}: {item['value']}"
        for item in event["texts"]:
            yield f"      {item['title']}: {item['text']}"
        for item in event["files"]:
            yield f"      {item['title']}: {item['name']} ({item['media_type']}, {item['size']} B)"
    for ticking in told["clocks"]:
        yield ""
        end = _("已完成") if ticking["met_at"] else _("已终止") if ticking["dropped_at"] else _("计时中")
        late = _("，逾期") if ticking["late"] else ""
        yield f"{ticking['title']} {ticking['unit_name']} {ticking['limit']} → {ticking['due_text']}（{end}{late}）"
        yield f"      {ticking['source']}（{ticking['policy']}）"
        if ticking["extended_by"]:
            yield "      " + _("延长：%(n)s") % {"n": ticking["extended_by"]}
        if ticking["provisional_year"]:
            yield "      " + _("暂定：%(year)s年放假安排尚未公布，按周一至周五计。") % {
                "year": ticking["provisional_year"]
            }
        for step in ticking["steps"]:
            yield f"      {step['date']} {step['counted'] if step['counted'] is not None else '':>3} {step['text']}"
    yield ""
    yield _("哈希链完整") if told["chain_intact"] else _("哈希链已断裂")
