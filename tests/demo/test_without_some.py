"""A random 3 % of a city's cases are taken out of a copy: every figure is then what the others make.

The city is the reference city at 3 %; `HUIYIN_CITY_SCALE=1` (in `make nightly`) takes the whole of it.
"""

import os
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from huiyin.calls.models import CallMatter
from huiyin.cases.models import Attachment, Bar, Case, Event, Order, Passage
from huiyin.demo.city import build_city
from huiyin.demo.quotas import load_city_scenario
from huiyin.engagements.models import Activity, Visit
from huiyin.hotline.models import Check
from huiyin.knowledge.models import Use
from huiyin.metrics.facts import Facts
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import Session
from huiyin.receptions.models import Carry
from huiyin.reports import facts, figures
from tests.demo.test_build import rehearsal
from tests.metrics.made_up import Life
from tests.metrics.recount import known, recount

__all__ = ["rehearsal"]

SCALE = float(os.environ.get("HUIYIN_CITY_SCALE") or 0.03)
SHARE = 0.03
SECOND = 1 / 86_400
HALF_YEAR = (date(2021, 1, 1), date(2021, 6, 30))
CALLS = ("hotline@1", "consult@1")

type Counted = list[tuple[str, float]]


def counted(facts_now: facts.Known, period: Period, **where: list[str]) -> dict[str, tuple[float, int, Counted]]:
    """Each figure by its definition: numerator, denominator, and its cases with hit or value."""
    found = dict[str, tuple[float, int, Counted]]()
    with Session(facts_now.facts, as_of=facts_now.at) as session:
        for name, definition in DEFINITIONS.items():
            figure, rows = session.run(definition, period, where=where), session.rows(definition, period, where=where)
            scores = [
                (row.number, 1.0 if row.hit is None and row.value is None else float(row.hit or row.value or 0))
                for row in rows
            ]
            found[name] = figure.numerator, figure.denominator, sorted(scores)
    return found


def lives_of(table: Facts) -> Iterator[Life]:
    """The cases one by one, for the recount in plain Python."""
    acts: dict[str, list[dict[str, object]]] = {}
    for act in sorted(table.acts.to_pylist(), key=lambda act: (act["number"], act["seq"])):
        acts.setdefault(act["number"], []).append(act)
    for matter in table.matters.to_pylist():
        received = matter["received_at"]
        yield Life(random.Random(0), matter, received, received, acts[matter["number"]])  # noqa: S311 - unused


def by_hand(period: Period) -> dict[str, tuple[int, int]]:
    """The article's hotline figures by plain queries on the tables, without a definition or a fact."""
    received = Case.objects.filter(
        received_at__gte=period.since, received_at__lt=period.until, procedure__in=CALLS
    )  # fmt: skip
    events = Event.objects.filter(case__in=received)

    def having(*kinds: str) -> set[object]:
        return set(events.filter(kind__in=kinds).values_list("case_id", flat=True))

    passed_on, rated = having("dispatch"), dict[object, bool]()
    # Nothing in this city is answered anew after it was taken out of the score.
    outside = having("agree_unsupported", "uphold_appeal")
    for case, payload in (
        events.filter(kind="record_callback").order_by("case", "seq").values_list("case_id", "payload")
    ):
        if '"reached":"reached"' in payload and case in passed_on - outside:
            rated[case] = '"satisfied":"yes"' in payload
    direct = having("answer_directly")
    return {
        "received": (received.count(), received.count()),
        "answered_directly": (len(direct), len(direct)),
        "passed_on": (len(passed_on), len(passed_on)),
        "callback_satisfaction_passed_on": (sum(rated.values()), len(rated)),
        "callback_coverage_passed_on": (len(rated), len(passed_on)),
    }


def of_calls(facts_now: facts.Known, period: Period) -> dict[str, tuple[float, int]]:
    """The same by their definitions."""
    with Session(facts_now.facts, as_of=facts_now.at) as session:
        named = {name: DEFINITIONS[name] for name in by_hand(period)}
        told = {n: session.run(d, period, where={"procedure": ["hotline", "consult"]}) for n, d in named.items()}
    return {name: (figure.numerator, figure.denominator) for name, figure in told.items()}


def take_out(numbers: list[str]) -> None:
    """Remove cases with everything of theirs, past every rule; what pointed to them points nowhere."""
    for some in (numbers[n : n + 500] for n in range(0, len(numbers), 500)):
        gone = Case.objects.filter(number__in=some)
        Case.objects.filter(main__in=gone).update(main=None)
        Case.objects.filter(earlier__in=gone).update(earlier=None)
        Carry.objects.filter(case__in=gone).delete()
        Visit.objects.filter(case__in=gone).update(case=None)
        Activity.cases.through.objects.filter(case__in=gone).delete()
        for model in (Event, Order, Passage, Attachment, Bar, CallMatter, Check, Use):
            model._default_manager.filter(case__in=gone).delete()
        gone.delete()


@pytest.mark.django_db
def test_without_a_random_3_percent_every_figure_is_what_the_rest_makes(rehearsal: Path) -> None:
    build_city(load_city_scenario("jieshou_2021"), scale=SCALE)
    period = figures.period_of(*HALF_YEAR)
    numbers = sorted(Case.objects.values_list("number", flat=True))
    before, hand_before = counted(facts.known(fresh=True), period), by_hand(period)
    gone = set(random.Random(2021).sample(numbers, round(len(numbers) * SHARE)))  # noqa: S311 - a sample

    take_out(sorted(gone))
    facts.forget()
    rest = facts.known(fresh=True)
    after = counted(rest, period)

    assert of_calls(rest, period) == by_hand(period)
    assert {name for name, told in by_hand(period).items() if told == hand_before[name]} == set()
    calls = counted(rest, period, procedure=["hotline", "consult"])
    cases = [c for c in known(list(lives_of(rest.facts)), rest.at) if c.matter["procedure"] in {"hotline", "consult"}]
    for name, (numerator, denominator, rows) in calls.items():
        expected = sorted((number, score) for _at, number, score in recount(name, cases, period))
        assert [number for number, _ in rows] == [number for number, _ in expected], name
        # Figures count days in whole seconds, the recount to the microsecond.
        assert [score for _, score in rows] == pytest.approx([score for _, score in expected], abs=SECOND), name
        assert denominator == len(expected), name
        assert numerator == pytest.approx(sum(score for _, score in expected), abs=SECOND * len(expected)), name
    # Letters included: exactly those taken out are missing, from whichever figures had them.
    for name, (_, _, rows) in after.items():
        assert [number for number, _ in rows] == [number for number, _ in before[name][2] if number not in gone], name
    touched = {name for name, (_, _, rows) in before.items() if gone & {number for number, _ in rows}}
    assert {name for name in before if before[name][1] != after[name][1]} == touched
    assert len(touched) > 20
