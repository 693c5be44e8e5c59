"""Two versions of a rule document side by side: what came, what went, what reads otherwise, in people's words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huiyin.cases.procedures.limits import LimitPolicy, LimitRow
from huiyin.cases.procedures.spec import Part, Procedure
from huiyin.disputes.grading import Rule
from huiyin.hotline.replies import Replies
from huiyin.kernel.canonical import dumps
from huiyin.offices import described
from huiyin.offices.described import Described, told
from huiyin.receptions.rota import Rota


@dataclass(frozen=True)
class Change:
    """One part that differs: what it says now and before, by label. `what` is added, removed or changed."""

    what: str
    title: str
    rows: Sequence[tuple[str, str, str]]
    """Label, before, after."""


@dataclass(frozen=True)
class Section:
    """The parts of one sort that differ."""

    title: str
    changes: Sequence[Change]


def procedures(before: Procedure, after: Procedure) -> list[Section]:
    """Where two versions of a procedure differ."""
    return _sections([
        (_("总则"), {"": before}, {"": after}, described.head),
        (_("状态"), before.states, after.states, described.state),
        (_("办理"), before.actions, after.actions, _of(before, after, described.action)),
        (_("时限"), before.clocks, after.clocks, _of(before, after, described.clock)),
        (_("通知"), before.notices, after.notices, described.notice),
    ])  # fmt: skip


def policies(before: LimitPolicy, after: LimitPolicy, known: Mapping[str, Procedure]) -> list[Section]:
    """Where two versions of the limits differ; lines are known again by what they are for."""
    return _sections([
        (_("总则"), {"": before}, {"": after}, described.policy),
        (_("办公时间"), _numbered(before.hours), _numbered(after.hours), described.hours),
        (_("回访抽样"), _numbered(before.callback_samples), _numbered(after.callback_samples), described.sample),
        (_("时限"), lines(before), lines(after), lambda row: described.limit(known.get(row.procedure), row)),
    ])  # fmt: skip


def replies(before: Replies, after: Replies) -> list[Section]:
    """Where two versions of the reply texts differ."""
    return _sections([
        (_("总则"), {"": before}, {"": after}, described.texts),
        (_("模板"), before.replies, after.replies, described.reply),
    ])  # fmt: skip


def rotas(before: Rota, after: Rota) -> list[Section]:
    """Where two versions of the rota differ."""
    return _sections([
        (_("总则"), {"": before}, {"": after}, described.rota),
        (_("接访职级"), before.ranks, after.ranks, described.rank),
        (_("活动名目"), before.programmes, after.programmes, described.programme),
    ])  # fmt: skip


def grades(before: Rule, after: Rule) -> list[Section]:
    """Where two versions of the rule of disputes differ."""
    return _sections([
        (_("总则"), {"": before}, {"": after}, described.dispute_rule),
        (_("等级"), {str(r.grade): r for r in before.grades}, {str(r.grade): r for r in after.grades}, described.grade),
        (_("排查"), {str(r.level): r for r in before.sweeps}, {str(r.level): r for r in after.sweeps}, described.sweep),
    ])  # fmt: skip


def versions(before: object, after: object, known: Mapping[str, Procedure]) -> list[Section]:
    """Where two versions of one document differ; nothing for documents of two sorts."""
    match before, after:
        case Procedure(), Procedure():
            return procedures(before, after)
        case LimitPolicy(), LimitPolicy():
            return policies(before, after, known)
        case Replies(), Replies():
            return replies(before, after)
        case Rota(), Rota():
            return rotas(before, after)
        case Rule(), Rule():
            return grades(before, after)
    return []


WHOLE = {
    "states", "actions", "clocks", "notices", "hours", "callback_samples", "limits", "replies", "version",
    "ranks", "programmes", "grades", "sweeps",
}  # fmt: skip
"""Fields of a document that are compared by themselves, or always differ."""


def _of(before: Procedure, after: Procedure, describe: Callable[[Procedure, Any], Described]) -> Callable[..., Any]:
    """A description that needs its own version's procedure."""
    owners = {id(part): one for one in (before, after) for part in (*one.actions.values(), *one.clocks.values())}
    return lambda part: describe(owners[id(part)], part)


def _numbered(rows: Sequence[Part]) -> dict[str, Part]:
    return {str(n): row for n, row in enumerate(rows, start=1)}


def lines(policy: LimitPolicy) -> dict[str, LimitRow]:
    """The lines by what they are for, so that a line that moved isn't another one."""
    found: dict[str, LimitRow] = {}
    for row in policy.limits:
        key = "/".join([row.procedure, row.clock, *row.kinds, "", *row.urgencies, "", *row.actions])
        while key in found:
            key += "+"
        found[key] = row
    return found


def _sections(
    parts: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any], Callable[[Any], Described]]],
) -> list[Section]:
    found = [Section(title, list(_changes(before, after, describe))) for title, before, after, describe in parts]
    return [section for section in found if section.changes]


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], describe: Callable[[Any], Described]
) -> Iterable[Change]:  # fmt: skip
    for name in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        then, now = describe(old) if old else {}, describe(new) if new else {}
        rows = [
            (label, then.get(label, ""), now.get(label, ""))
            for label in dict.fromkeys([*then, *now])
            if then.get(label, "") != now.get(label, "")
        ]
        if old and new and not rows:
            rows = _otherwise(old, new)
        if rows:
            what = "added" if old is None else "removed" if new is None else "changed"
            yield Change(what, _title(name, new or old, now or then), rows)


def _title(name: str, part: Any, said: Described) -> str:
    title = getattr(part, "title", None) or getattr(part, "subject", None)
    if title:
        return told(title)
    return f"{said[_('流程')]} · {said[_('时限')]}" if isinstance(part, LimitRow) else said.get(_("名称"), name)


def _otherwise(before: Part, after: Part) -> list[tuple[str, str, str]]:
    """What differs and no label says, as a wording in the other language: by the field's own name."""
    old, new = before.model_dump(mode="json", exclude=WHOLE), after.model_dump(mode="json", exclude=WHOLE)
    return [(name, dumps(old[name]), dumps(new[name])) for name in old if old[name] != new[name]]
