"""How proposals are taken, how right first dispatches are, and what accepted returns say of the duty list."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
from ibis import _

from huiyin.cases import catalogue
from huiyin.cases.models import Category
from huiyin.metrics.hotline import DEFINITIONS, PLACES
from huiyin.metrics.period import Period
from huiyin.metrics.run import By, Figure, Group, Session, Tally
from huiyin.metrics.view import last, within
from huiyin.org.reference import org

RATES = ("proposal_coverage", "proposal_acceptance", "proposal_among_three")
TAKEN, RIGHT = "proposal_acceptance", "first_dispatch_accuracy"
FEWEST = 10
"""Dispatches under which nobody is set beside others."""
MOVED = 3
"""Matters moved the same way that make a proposal for the duty list,"""
SHARE = 0.2
"""and their share of all that were sent first to the same unit in the category."""
SHOWN = 12
PROMISED = 0.95
"""How often the first proposal is right where a model proposes: its threshold was set so."""
DRIFT = 0.05
"""How far a month may fall short of that before it counts as drift."""


@dataclass(frozen=True)
class Month:
    """One month of proposals; `drifted` where they were taken clearly less often than the threshold promises."""

    key: str
    coverage: Tally
    taken: Tally
    drifted: bool


@dataclass(frozen=True)
class Change:
    """A change of the duty list that accepted returns speak for: in a category, from one unit to another."""

    category: Category
    listed: str
    instead: str
    moved: int
    sent: int


def rates(session: Session, period: Period) -> list[Figure]:
    """How often a unit was proposed, taken, among the three."""
    return [session.run(DEFINITIONS[name], period) for name in RATES]


def months(session: Session, period: Period) -> list[Month]:
    """The same by month, the latest first."""
    coverage = session.run(DEFINITIONS[RATES[0]], period, by=By.MONTH).groups
    taken = {group.key: group for group in session.run(DEFINITIONS[TAKEN], period, by=By.MONTH).groups}
    empty = Tally(0, 0, None)
    return [
        Month(group.key or "", group, one, _drifted(one))
        for group in reversed(coverage)
        for one in [taken.get(group.key, empty)]
    ]


def _drifted(taken: Tally) -> bool:
    return taken.value is not None and taken.denominator >= FEWEST and taken.value < PROMISED - DRIFT


def accuracy(session: Session, period: Period, by: By) -> Sequence[Group]:
    """First dispatches that stayed where they were sent, by unit or by dispatcher; the least right first, and none of
    whom there are too few to say.
    """
    groups = session.run(DEFINITIONS[RIGHT], period, by=by).groups
    enough = [group for group in groups if group.denominator >= FEWEST and group.key]
    return sorted(enough, key=lambda group: (group.value or 0, group.key))[:SHOWN]


def changes(session: Session, period: Period) -> list[Change]:
    """Where matters of a category keep being moved from the unit they are sent to first to one and the same other."""
    view = session.view

    def moves() -> ibis.Table:
        sent = view.dispatched().filter(within(_.at, period)).select("number", "seq", sent_to="lead")
        placed = last(view.history.filter(_.kind.isin(PLACES) & (_.opening == 0))).select("number", ended="lead")
        both = sent.inner_join(placed, "number").inner_join(view.matters.select("number", "category"), "number")
        return both.filter(_.category.notnull()).group_by("category", "sent_to", "ended").aggregate(n=_.count())

    rows = view.kept.asked(("moves", period), moves)
    sent: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["category"], row["sent_to"]
        sent[key] = sent.get(key, 0) + row["n"]
    known = catalogue.categories()
    found = []
    for row in rows:
        whole = sent[row["category"], row["sent_to"]]
        many = row["n"] >= MOVED and row["n"] >= SHARE * whole
        if many and row["sent_to"] != row["ended"] and row["category"] in known:
            first, instead = _code(row["sent_to"]), _code(row["ended"])
            found.append(Change(known[row["category"]], first, instead, row["n"], whole))
    return sorted(found, key=lambda one: (-one.moved, one.category.path))[:SHOWN]


def _code(path: str) -> str:
    return org().current(path.strip("/").rsplit("/", 1)[-1])
