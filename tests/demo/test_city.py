"""A whole city from its scenario's figures: what the file says is what the record gives, whichever file it is."""

import re
from pathlib import Path

import pytest

from huiyin.cases.models import Case, Event
from huiyin.demo.city import build_city
from huiyin.demo.quotas import HOTLINE, Quota, load_city_scenario, quotas
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.run import Session
from huiyin.reports import facts, figures
from tests.demo.test_build import rehearsal
from tests.factories.cases import sound

__all__ = ["rehearsal"]

CITIES = ["jieshou_2021", "riverside_2021"]
SCALE = 0.02
SOURCE = Path(__file__).parents[2] / "src/huiyin"
STATED = re.compile(r"(?<![\d.])(?:13,?611|7,?021|6,?590|96\.4)(?![\d.])")


def counted(found: list[Quota], *groups: str) -> int:
    return sum(quota.count for quota in found if quota.door == HOTLINE and (not groups or quota.group in groups))


@pytest.mark.parametrize("name", CITIES)
def test_the_quotas_of_a_scenario_add_up_to_what_it_states(name: str) -> None:
    scenario = load_city_scenario(name)

    assert any(stretch.satisfaction_percent is not None for stretch in scenario.stretches)
    for stretch in scenario.stretches:
        mine = [quota for quota in quotas(scenario) if quota.stretch == stretch.name]
        assert counted(mine) == stretch.received
        assert counted(mine, "direct") == stretch.answered_directly
        rated = counted(mine, "satisfied"), counted(mine, "dissatisfied")
        if stretch.satisfaction_percent is not None:
            assert round(100 * rated[0] / sum(rated), 1) == float(stretch.satisfaction_percent)


@pytest.mark.django_db
@pytest.mark.parametrize("name", CITIES)
def test_a_small_copy_of_the_city_gives_the_figures_of_its_file(rehearsal: Path, name: str) -> None:
    scenario = load_city_scenario(name)
    planned, first = quotas(scenario, SCALE), scenario.stretches[0]

    built = build_city(scenario, scale=SCALE)

    mine = [quota for quota in planned if quota.stretch == first.name]
    period = figures.period_of(first.since, first.until)
    known = facts.known(fresh=True)
    with Session(known.facts, as_of=known.at) as session:
        told = {
            one: session.run(DEFINITIONS[one], period, where={"procedure": ["hotline", "consult"]})
            for one in ("received", "answered_directly", "passed_on", "callback_satisfaction_passed_on")
        }
    satisfied = counted(mine, "satisfied")
    assert built.cases == Case.objects.count() == sum(quota.count for quota in planned)
    assert told["received"].value == counted(mine)
    assert told["answered_directly"].value == counted(mine, "direct")
    assert told["passed_on"].value == counted(mine) - counted(mine, "direct", "neither")
    rating = told["callback_satisfaction_passed_on"]
    assert (rating.numerator, rating.denominator) == (satisfied, satisfied + counted(mine, "dissatisfied"))
    by_hand = Case.objects.filter(
        received_at__gte=period.since, received_at__lt=period.until, procedure__in=["hotline@1", "consult@1"]
    )
    assert by_hand.count() == counted(mine)
    direct = Event.objects.filter(case__in=by_hand, kind="answer_directly").values("case").distinct().count()
    assert direct == counted(mine, "direct")
    numbers = Case.objects.order_by("number").values_list("number", flat=True)[::17]
    assert {number: wrong for number in numbers if (wrong := sound(number))} == {}


def test_no_figure_of_the_article_stands_anywhere_but_in_its_scenario() -> None:
    files = [path for ending in ("*.py", "*.html", "*.yaml") for path in SOURCE.rglob(ending)]
    found = [path.name for path in files if STATED.search(path.read_text(encoding="utf-8"))]

    assert found == ["jieshou_2021.yaml"]
