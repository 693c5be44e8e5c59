"""A whole city from its scenario's figures: what the file says is what the record gives, whichever file it is."""

import re
import statistics
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.db.models import Q, QuerySet

from huiyin.access.actor import ANONYMOUS, actor_of
from huiyin.cases.enums import Channel
from huiyin.cases.models import Attachment, Case, Event, Passage
from huiyin.cases.services.open import Opening, open_case
from huiyin.demo import city
from huiyin.demo.city import _lead_chunk, build_city, found_city, joins, raise_city
from huiyin.demo.planner import plan_city
from huiyin.demo.quotas import HOTLINE, Quota, load_city_scenario, quotas
from huiyin.demo.snapshot import fingerprint
from huiyin.kernel import building, clock, home, ids
from huiyin.kernel.errors import Refused
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.run import Session
from huiyin.people.models import User
from huiyin.reports import facts, figures
from huiyin.villages.models import Referral
from tests.demo.test_build import rehearsal
from tests.factories.cases import sound

__all__ = ["rehearsal"]

CITIES = ["jieshou_2021", "riverside_2021"]
SCALE = 0.02
PART = 0.2
"""Enough for every way to occur."""
SOURCE = Path(__file__).parents[2] / "src/huiyin"
STATED = re.compile(r"(?<![\d.])(?:13,?611|7,?021|6,?590|96\.4)(?![\d.])")


def of_quotas() -> QuerySet[Case]:
    """The matters that quotas plan; petitions, disputes and what villages hand on come beside (`test_doors.py`)."""
    beside = Q(procedure__startswith="petition@") | Q(procedure__startswith="dispute@")
    return Case.objects.exclude(beside).exclude(pk__in=Referral.objects.values("case"))


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
    assert built.cases == of_quotas().count() == sum(quota.count for quota in planned)
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
    sent = Event.objects.filter(case__procedure="hotline@1", kind="dispatch").values_list("actor", flat=True)
    from_calls = sum(actor.startswith("user:operator") for actor in sent)
    assert 0.3 < from_calls / len(sent) < 0.8, "operators send out what the list names, dispatchers the rest"
    numbers = Case.objects.order_by("number").values_list("number", flat=True)[::17]
    assert {number: wrong for number in numbers if (wrong := sound(number))} == {}


def test_no_figure_of_the_article_stands_anywhere_but_in_its_scenario() -> None:
    files = [path for ending in ("*.py", "*.html", "*.yaml") for path in SOURCE.rglob(ending)]
    found = [path.name for path in files if STATED.search(path.read_text(encoding="utf-8"))]

    assert found == ["jieshou_2021.yaml"]


class Killed(Exception):
    """Stands for the end of the process."""


def after_chunks(number: int) -> Callable[[int, int], None]:
    """A progress that ends the build after so many chunks."""
    told: list[int] = []

    def tell(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == number:
            raise Killed

    return tell


@pytest.mark.django_db
def test_a_city_killed_halfway_is_gone_on_with(rehearsal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city, "CHUNK", 20)
    scenario = load_city_scenario("jieshou_2021")
    numbers = of_quotas().order_by("number").values_list("number", flat=True)

    with pytest.raises(Killed):
        build_city(scenario, scale=0.005, progress=after_chunks(2))
    half, note = set(numbers.all()), building.under_way()
    built = build_city(scenario, scale=0.005)

    assert note is not None
    assert len(half) == note.done < note.total == built.cases == of_quotas().count()
    # What came last is there first, so that worklists aren't empty for long.
    assert max(half) == max(numbers)
    assert half < set(numbers)
    assert len({number.split("-")[1] for number in numbers}) == built.cases
    assert {number: wrong for number in numbers if (wrong := sound(number))} == {}
    assert building.under_way() is None
    assert not Case.objects.filter(wake_at__lte=scenario.now).exists()
    assert build_city(scenario, scale=0.005).cases == 0


SEEN = ("unsupported", "appeal_upheld", "appeal_rejected", "self_rated", "letter_published", "joined")


@pytest.mark.django_db
def test_a_city_shows_appeals_own_ratings_pictures_and_published_letters(rehearsal: Path) -> None:
    scenario = load_city_scenario("jieshou_2021")
    found_city(scenario, scale=0.005)
    all_of_them = plan_city(scenario, city._works, clock.zone(), PART)
    mine = [next(plan for plan in all_of_them if plan.way == way) for way in SEEN]
    mine.insert(0, next(plan.main for plan in mine if plan.main))
    mine += [next(plan for plan in all_of_them if plan.picture == sort) for sort in ("street", "page")]
    for n, plan in enumerate(mine):
        plan.number = ids.case_number(clock.local_date(plan.at), 900 + n)

    _lead_chunk(mine, {user.username: actor_of(user) for user in User.objects.all()}, scenario)
    home.install_clock()

    number = {plan.way: plan.number for plan in mine}
    known = facts.known(fresh=True)
    period = figures.period_of(scenario.stretches[0].since, scenario.stretches[-1].until)
    with Session(known.facts, as_of=known.at) as session:
        called, rated = (
            {row.number: row.hit for row in session.rows(DEFINITIONS[name], period)}
            for name in ("callback_satisfaction", "last_rating_satisfaction")
        )
    assert called[number["appeal_rejected"]] is rated[number["appeal_rejected"]] is False
    assert number["self_rated"] not in called
    assert rated[number["self_rated"]] is True
    assert not {number["unsupported"], number["appeal_upheld"]} & {*called, *rated}
    fields = {(row.case.number, row.field) for row in Attachment.objects.select_related("case")}
    shown = {number["appeal_rejected"], number["appeal_upheld"], *(plan.number for plan in mine[-2:])}
    assert {(one, "files") for one in shown} <= fields
    assert Passage.objects.filter(audience="public").exists()
    assert {plan.number: wrong for plan in mine if (wrong := sound(plan.number))} == {}


def test_who_joins_a_matter_tells_nearly_the_same_in_nearly_the_same_words(rehearsal: Path) -> None:
    plans = plan_city(load_city_scenario("jieshou_2021"), lambda day: day.weekday() < 5, clock.zone(), PART)

    def alike(one: str, other: str) -> float:
        a, b = ({text[n : n + 2] for n in range(len(text) - 1)} for text in (one, other))
        return len(a & b) / len(a | b)

    joined = [plan for plan in plans if joins(plan)]
    shares = [alike(plan.body, plan.main.body) for plan in joined if plan.main]
    others = [alike(plan.body, plans[n * 97 % len(plans)].body) for n, plan in enumerate(joined)]
    assert len(shares) == len(joined) > 20
    assert len({plan.body for plan in joined}) > 0.95 * len(joined)
    assert statistics.median(shares) > 0.35 > 10 * statistics.median(others)


@pytest.mark.django_db
def test_a_founded_city_is_open_before_its_matters_are_made(rehearsal: Path) -> None:
    scenario = load_city_scenario("jieshou_2021")

    assert found_city(scenario, scale=0.005)

    assert authenticate(username="operator", password=scenario.password)
    assert timedelta() <= clock.now() - scenario.now < timedelta(minutes=5)
    own = open_case(actor=ANONYMOUS, opening=Opening(title="路灯不亮", body="东城路路灯不亮。", channel=Channel.WEB))
    assert not found_city(scenario, scale=0.005)
    built = raise_city(scenario)
    assert of_quotas().count() == built.cases + 1
    assert of_quotas().order_by("id").values_list("number", flat=True).last() == own.number


@pytest.mark.django_db
def test_figures_read_while_a_city_is_built_follow_it(rehearsal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city, "CHUNK", 20)
    scenario = load_city_scenario("jieshou_2021")
    counted = list[tuple[int, int]]()

    def look(done: int, _total: int) -> None:
        home.install_clock()
        counted.append((facts.known(fresh=True).facts.matters.num_rows, done))

    build_city(scenario, scale=0.005, progress=look)

    assert len(counted) > 3
    assert {rows - done for rows, done in counted} == {0}
    assert facts.known(fresh=True).facts.matters.num_rows == Case.objects.count()


@pytest.mark.django_db
def test_a_city_is_not_gone_on_with_under_other_rules(rehearsal: Path) -> None:
    scenario = load_city_scenario("jieshou_2021")
    found_city(scenario, scale=0.005)
    note = building.under_way()
    assert note is not None
    building.note(replace(note, fingerprint="another"))

    with pytest.raises(Refused) as caught:
        raise_city(scenario)

    assert caught.value.code == "half_built"
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_one_process_builds_a_city(rehearsal: Path) -> None:
    scenario = load_city_scenario("jieshou_2021")
    found_city(scenario, scale=0.005)

    with building.alone(), pytest.raises(Refused) as caught:
        raise_city(scenario)

    assert caught.value.code == "being_built"
    assert not Case.objects.exists()


def test_a_fingerprint_follows_what_a_city_is_built_from(monkeypatch: pytest.MonkeyPatch) -> None:
    first = fingerprint("jieshou_2021")
    touched = next(Path(SOURCE, "demo/grammar").glob("*.yaml"))
    read = Path.read_bytes

    assert fingerprint("jieshou_2021") == first
    assert len({first, fingerprint("riverside_2021"), fingerprint("jieshou_2021", 0.5)}) == 3
    monkeypatch.setattr(Path, "read_bytes", lambda self: read(self) + b"#" * (self == touched))
    assert fingerprint("jieshou_2021") != first


@pytest.mark.django_db
def test_a_builder_that_outlived_its_parent_is_waited_for_by_whoever_serves_the_city(rehearsal: Path) -> None:
    scenario = load_city_scenario(CITIES[0])
    found_city(scenario, scale=SCALE)
    held = ExitStack()
    held.enter_context(building.alone())

    def end() -> None:
        building.whole()
        held.close()

    told: list[int] = []
    other = threading.Timer(0.5, end)
    other.start()
    built = raise_city(scenario, wait=True, progress=lambda done, _all: told.append(done))
    other.join()

    assert (built.cases, building.under_way(), Case.objects.count()) == (0, None, 0)
    assert set(told) == {0}
