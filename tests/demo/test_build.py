"""The demo builds its city by the services alone, and everything in it holds together."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate

from huiyin.cases import public_matters, queries, rulebook, suggestions
from huiyin.cases.models import Case, HotIssue
from huiyin.cases.services.catalogue import load_catalogue
from huiyin.demo import knowing
from huiyin.demo.build import build, load_scenario, people_of
from huiyin.engagements.models import Occasion
from huiyin.kernel import clock, home
from huiyin.kernel.errors import ConfigError, Refused
from huiyin.org.services import load_city, packaged_city
from huiyin.receptions.models import Carry
from tests.conftest import SetClock
from tests.factories.cases import publish_rules, sound

NAMED = re.compile("混凝土搅拌站|裕民小区")
CATALOGUE = Path(__file__).parents[2] / "src/huiyin/hotline/catalogue/jieshou.yaml"


@pytest.fixture
def rehearsal(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: SetClock) -> Path:
    """An empty rehearsal home of the reference city, on a working day in spring."""
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path / "home"))
    home.create(rehearsal=True)
    home.set_rehearsal_clock(at("2026-04-22 15:00"))
    home.install_clock()
    load_city(packaged_city(), "jieshou.yaml", divisions=settings.DIVISIONS)
    load_catalogue(CATALOGUE.read_text(encoding="utf-8"), "jieshou.yaml")
    publish_rules()
    return tmp_path / "home"


def test_the_small_city_holds_together(rehearsal: Path) -> None:
    scenario = load_scenario("small")

    built = build(scenario)

    handed_on = sum(bool(one.took_up) for one in scenario.appointed)
    at_doors = Case.objects.exclude(channel="reception").count() - handed_on
    assert built.cases == len(scenario.matters) == at_doors
    numbers = Case.objects.values_list("number", flat=True)
    assert {number: faults for number in numbers if (faults := sound(number))} == {}
    shown = set(Case.objects.values_list("state", flat=True))
    assert shown >= {*rulebook.procedure("hotline@1").states, *rulebook.procedure("consult@1").states}
    assert Case.objects.filter(supervised=True).exists()
    assert Case.objects.filter(pending="extension_endorsed").exists()
    assert (rehearsal / "personas.json").exists()
    stages = set(Occasion.objects.values_list("stage", flat=True))
    assert stages >= {"held", "published"}
    assert Carry.objects.filter(solved_on__isnull=False).exists()
    assert Case.objects.filter(channel="reception").exists()
    points = [matter.point for matter in scenario.matters if matter.point]
    assert len(public_matters.placed()) == len(points) > 0, "the map of public answers has pins"


def test_everybody_listed_can_sign_in(rehearsal: Path) -> None:
    scenario = load_scenario("small").model_copy(update={"matters": (), "receptions": 0})
    build(scenario)

    for person in people_of(scenario)[:3]:
        assert authenticate(username=person.username, password=scenario.password)


def test_a_second_build_leaves_the_city_as_it_was(rehearsal: Path) -> None:
    scenario = load_scenario("small")
    short = scenario.model_copy(update={"matters": scenario.matters[:2], "appointed": (), "receptions": 0})

    assert build(short).cases == 2
    assert build(short).cases == 0
    assert Case.objects.count() == 2


def test_a_live_home_is_refused(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path / "live"))
    home.create(rehearsal=False)

    with pytest.raises(Refused) as caught:
        build(load_scenario("small"))

    assert caught.value.code == "home_is_live"


def test_an_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        load_scenario("big")

    assert "small" in str(caught.value)


def test_the_small_city_knows_from_its_first_page_on(rehearsal: Path) -> None:
    scenario = load_scenario("small")
    raised = tuple(one for one in scenario.matters if {"混凝土搅拌站", "裕民小区"} & {*NAMED.findall(one.body)})
    build(scenario.model_copy(update={"matters": raised, "appointed": (), "swept": (), "receptions": 0}))

    brought = knowing.bring_earlier(120), knowing.bring_earlier(120)
    model, taken = knowing.know(), knowing.take_on()

    assert brought == (120, 0)
    assert [(one.owner, one.due_on) for one in taken] == [("user:mayor", clock.today() + knowing.DUE)]
    issue = HotIssue.objects.get(pk=taken[0].pk)
    assert (issue.status, issue.main is not None) == ("answered", True)
    joined = Case.objects.filter(main=issue.main)
    assert {(case.state, case.phase) for case in joined} == {("closed", "closed")}
    assert joined.count() > 1
    assert HotIssue.objects.filter(status="found", heat__gt=0, people=4).exists()
    waiting = Case.objects.get(title__startswith="自来水黄了两天")
    found = suggestions.units_for(queries.load([waiting])[0])
    assert found is not None
    assert (found.model, found.choices[0].unit, bool(found.choices[0].why)) == (model, "water-supply", True)
    assert {number: faults for number in joined.values_list("number", flat=True) if (faults := sound(number))} == {}
