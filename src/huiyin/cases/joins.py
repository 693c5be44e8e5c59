"""Matters that belong together: what happens to the others when one moves, and what looks like the same matter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from huiyin.access.actor import Actor
from huiyin.cases import policies, queries, similar
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Audience, Confidentiality, IssueStatus, Phase
from huiyin.cases.models import Case, Event, HotIssue, Passage, Reading
from huiyin.cases.procedures.spec import Action

SHOWN, MOST_ALIKE = 5, 8
ALIKE_DAYS = 90
"""How far back the same category in the same place counts as perhaps the same matter."""
REPEAT_DAYS = 180
"""How far back a matter of the same person counts as perhaps a repeat."""
ANSWERING = {"answer_directly", "close", "close_unsatisfied", "pass_and_close", "pass_audit"}
"""Acts that close a matter with an answer; whoever joined one that ends otherwise is handled by themselves again."""
EXPLAINED_END = ("refuse", "redirect", "approve_termination", "close_unsatisfied", "register_petition")
MOST_VOICES = 50
LOOKED_AT = 1000
"""So many of a category's latest matters are looked at for earlier answers."""
MERGED = "merged"


@dataclass(frozen=True)
class Wish:
    """What another case does along with an act, as a consequence and never by itself."""

    dossier: Dossier
    action: str
    given: Mapping[str, str]


def consequences(
    dossier: Dossier, event: Event, action: Action, beside: Mapping[str, Dossier],
    joined: Callable[[Dossier], Sequence[Dossier]],
) -> Iterable[Wish]:  # fmt: skip
    """What other cases do along with the event just prepared: one named gains a voice, those `joined` are answered."""
    for name, other in action.elsewhere.items():
        yield Wish(beside[name], other, {"member": dossier.case.number})
    if dossier.tally.get("voices"):
        yield from _members_follow(dossier, event, joined)


def joined_to(main: Dossier) -> list[Dossier]:
    """The cases joined to one and not answered yet, the oldest first. Two statements."""
    rows = Case.objects.filter(main=main.case.pk, state=MERGED).select_related("requester").order_by("id")
    return queries.load(list(rows))


def _members_follow(dossier: Dossier, event: Event, joined: Callable[[Dossier], Sequence[Dossier]]) -> Iterable[Wish]:
    case = dossier.case
    closed, hidden = case.phase == Phase.CLOSED, case.confidentiality != Confidentiality.OPEN
    if not (closed or hidden):
        return
    members = joined(dossier)
    if closed and not hidden and event.kind in ANSWERING:
        said = {"reply": _answer(dossier, event)} if members else {}
        for member in members:
            yield Wish(member, "follow_main", said)
        return
    for member in members:
        yield Wish(member, "let_go", {})


def _answer(dossier: Dossier, event: Event) -> str:
    """What the requester of the main matter is told now, or was told last."""
    to_them = [p for p in dossier.passages if p.audience == Audience.REQUESTER]
    now = [p.text for p in to_them if p.seq == event.seq and p.field in {"reply", "explanation"}]
    before = [p.text for p in to_them if p.field == "reply"]
    return (now or before or [_said(dossier.case)])[-1]


def _said(case: Case) -> str:
    """The last reply, or else why it ended without one."""
    to_them = Passage.objects.filter(case=case, audience=Audience.REQUESTER)
    ends = Event.objects.filter(case=case, kind__in=EXPLAINED_END).values("seq")
    last = to_them.filter(field="reply").order_by("-seq").first()
    last = last or to_them.filter(field="explanation", seq__in=ends).order_by("-seq").first()
    return last.text if last else ""


@dataclass(frozen=True)
class Alike:
    """An earlier or parallel matter that may be the same, and why one may think so: `why` says which of these found it
    first, "person", "words" or "place"; the others hold as well where their marks are set.
    """

    case: Case
    why: str
    same_person: bool = False
    same_place: bool = False
    likeness: float = 0
    words: tuple[str, ...] = ()
    """Rare words in common."""

    @property
    def repeats(self) -> bool:
        """Whether the same person seems to raise the same matter again; else somebody else does, who may join."""
        return self.same_person and self.likeness > 0


def alike(actor: Actor, case: Case, now: datetime) -> list[Alike]:
    """Matters that may be the same: of the same telephone, in like words, or open in the same category and area; those
    for which most speaks first. Ten statements at most.
    """
    seen = Case.objects.filter(policies.visible(actor)).exclude(pk=case.pk)
    told = {one.case.pk: one for one in similar.near_case(actor, case, SHOWN)}
    caller = case.requester.phone_index if policies.sees_identity(actor, case) else ""
    rows: dict[UUID, tuple[Case, str]] = {}
    own: set[UUID] = set()
    if caller:
        mine = seen.filter(requester__phone_index=caller)
        recent = mine.filter(received_at__gte=now - timedelta(days=REPEAT_DAYS)).order_by("-id")[:SHOWN]
        rows |= {row.pk: (row, "person") for row in recent}
        own = {*rows, *mine.filter(pk__in=list(told)).values_list("pk", flat=True)} if told else set(rows)
    rows = {pk: (one.case, "words") for pk, one in told.items()} | rows
    if case.category_id and case.area_id:
        there = Q(category=case.category_id, area=case.area_id, phase=Phase.OPEN)
        near = seen.filter(there, received_at__gte=now - timedelta(days=ALIKE_DAYS), main=None)
        rows |= {row.pk: (row, "place") for row in near.order_by("-id")[:SHOWN] if row.pk not in rows}
    words = similar.words_in_common(case.pk, list(told))
    found = [
        Alike(
            row, why, pk in own, bool(case.area_id) and row.area_id == case.area_id,
            told[pk].likeness if pk in told else 0, words.get(pk, ()),
        )
        for pk, (row, why) in rows.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-_speaks(one), -one.case.pk.int))[:MOST_ALIKE]


@dataclass(frozen=True)
class Before:
    """A case like words that are being typed: the words in common, and the issue that it belongs to."""

    case: Case
    words: tuple[str, ...]
    issue: HotIssue | None


def alike_to_text(actor: Actor, title: str, body: str, area: str | None) -> list[Before]:
    """Cases that say the same as words that nobody has sent yet, as far as the actor may know of them. Seven statements
    at most.
    """
    near = similar.near_text(actor, title, body, area)
    words = similar.words_like(body, [one.case.pk for one in near])
    issues = HotIssue.objects.in_bulk([one.issue for one in near if one.issue])
    return [Before(one.case, words.get(one.case.pk, ()), _shown(issues.get(one.issue))) for one in near]


def issues_of(cases: Sequence[Case]) -> dict[UUID, HotIssue]:
    """The issues that cases belong to, by case. One statement."""
    rows = Reading.objects.filter(case__in=[case.pk for case in cases], issue__isnull=False).select_related("issue")
    return {row.case_id: shown for row in rows if (shown := _shown(row.issue))}


def _shown(issue: HotIssue | None) -> HotIssue | None:
    """The issue if a person judged it one, or several people raise it."""
    return issue if issue and (issue.status == IssueStatus.ADOPTED or issue.people > 1) else None


def _speaks(one: Alike) -> float:
    """How much speaks for the same matter: the words most, then the person, then the place."""
    return min(1.0, 2 * one.likeness) + 0.3 * one.same_person + 0.2 * one.same_place


@dataclass(frozen=True)
class Answered:
    """An earlier matter of the same kind with what its requester was told, as everybody may read it."""

    number: str
    title: str
    closed_at: datetime | None
    text: str


def answered_alike(actor: Actor, case: Case) -> list[Answered]:
    """The latest answered matters of the same category and unit, as far as the actor may know of them; none of what is
    or was confidential or was erased. Two statements over the category's latest `LOOKED_AT`.
    """
    if case.category_id is None:
        return []
    latest = Case.objects.filter(category=case.category_id).order_by("-id").values("pk")[:LOOKED_AT]
    alike = Q(phase=Phase.CLOSED, confidentiality=Confidentiality.OPEN, main=None) & ~Q(title="")
    alike &= Q(lead_unit=case.lead_unit_id) if case.lead_unit_id else Q()
    rows = Case.objects.filter(policies.visible(actor), alike, pk__in=latest).exclude(pk=case.pk)
    cases = [row for row in rows.order_by("-id")[: 2 * SHOWN] if not row.tally.get("kept")]
    told = Passage.objects.filter(case__in=cases, field="reply", audience__in=[Audience.REQUESTER, Audience.PUBLIC])
    said = {row.case_id: row.text for row in told.order_by("seq") if row.text}
    found = [Answered(row.number, row.title, row.closed_at, said[row.pk]) for row in cases if row.pk in said]
    return found[:SHOWN]


@dataclass(frozen=True)
class Voice:
    """One of the matters joined to another, in its requester's words."""

    number: str
    received_at: datetime
    body: str


def voices(actor: Actor, case: Case) -> list[Voice]:
    """The first fifty matters joined to this one, the oldest first; without who raised them, and without those that
    are or were confidential or are kept from the actor.
    """
    told = policies.unhidden(actor, "case__") & policies.always_open("case__")
    words = Passage.objects.filter(told, case__main=case.pk, seq=1, field="body")
    rows = words.select_related("case").order_by("id")
    return [Voice(row.case.number, row.case.received_at, row.text) for row in rows[:MOST_VOICES]]


def earlier(actor: Actor, case: Case) -> tuple[Case, str] | None:
    """The earlier matter that this one repeats, and what was answered then; None for one kept from the actor."""
    if case.earlier_id is None:
        return None
    open_to = policies.unhidden(actor) & Q(confidentiality=Confidentiality.OPEN)
    before = Case.objects.filter(policies.visible(actor) | open_to, pk=case.earlier_id).first()
    return (before, "" if before.tally.get("kept") else _said(before)) if before else None
