"""What a seal holds, behind its counts: the matters whose events it sealed, and the stretch of the audit."""

from dataclasses import dataclass

from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.models import Case
from huiyin.kernel.errors import NotFound
from huiyin.ledger.models import Run, Seal, SealedEntry

PAGE = 50
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Sealed:
    """Consecutive events of one matter in a seal."""

    number: str
    title: str
    first: int
    last: int


@dataclass(frozen=True)
class Told:
    """A seal as somebody may read it. `more` leads on; `hidden`: on this page are matters they may not know of."""

    seal: Seal
    reads: bool
    matters: list[Sealed]
    hidden: int
    more: int
    entries: tuple[int, int] | None
    """First and last entry of the audit, for who reads the audit."""


def told(actor: Actor, number: int, *, after: int = -1) -> Told:
    """The seal with a page of its matters, from behind that leaf on. NotFound for one that isn't there."""
    seal = Seal.objects.filter(number=number).first() if number <= LARGEST else None
    if seal is None:
        raise NotFound("no_such_seal", _("没有这次封存。"), do=_("请从封存公示中选择。"))
    reads = actor.may(policies.READ_ALL) or bool(actor.units_with(policies.READ_OWN))
    runs = list(seal.runs.filter(start__gt=min(after, LARGEST)).order_by("start")[: PAGE + 1]) if reads else []
    known = _known(actor, runs[:PAGE])
    matters = [known[run.case_id].of(run) for run in runs[:PAGE] if run.case_id in known]
    return Told(
        seal, reads, matters, len(runs[:PAGE]) - len(matters), runs[PAGE - 1].start if len(runs) > PAGE else -1,
        _stretch(seal) if actor.may(rights.READ_AUDIT) and seal.entries else None,
    )  # fmt: skip


@dataclass(frozen=True)
class _Matter:
    number: str
    title: str

    def of(self, run: Run) -> Sealed:
        return Sealed(self.number, self.title, run.first, run.last)


def _known(actor: Actor, runs: list[Run]) -> dict[object, _Matter]:
    """The matters of these runs that the actor may know of."""
    rows = Case.objects.filter(policies.visible(actor), pk__in=[run.case_id for run in runs])
    return {row.pk: _Matter(row.number, row.shown_title) for row in rows.only("number", "title")}


def _stretch(seal: Seal) -> tuple[int, int]:
    found = SealedEntry.objects.filter(seal=seal).aggregate(first=Min("entry"), last=Max("entry"))
    return found["first"], found["last"]
