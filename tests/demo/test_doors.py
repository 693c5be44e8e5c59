"""What the reference city has beside calls and letters is made by the services, and holds together."""

from itertools import pairwise
from pathlib import Path

import pytest

from huiyin.cases.models import Case
from huiyin.cases.services.open import title_from
from huiyin.demo.city import found_city
from huiyin.demo.doors import doors_of, raise_doors, share
from huiyin.demo.quotas import load_city_scenario
from huiyin.disputes.models import SweepReport
from huiyin.kernel import clock
from huiyin.org.reference import org
from huiyin.petitions.models import BacklogEntry
from huiyin.villages.models import Post, Referral
from tests.demo.test_build import rehearsal
from tests.factories.cases import sound

__all__ = ["rehearsal"]
SCALE = 0.12


@pytest.mark.django_db
def test_petitions_disputes_sweeps_and_posts_are_made_once(rehearsal: Path) -> None:
    scenario = load_city_scenario("jieshou_2021")
    found_city(scenario, scale=SCALE)
    clock.install(lambda: scenario.now)
    raise_doors(scenario, SCALE)
    raise_doors(scenario, SCALE)

    doors = doors_of(scenario)
    assert doors is not None
    numbers = list(Case.objects.values_list("number", flat=True))
    handed_on = set(Referral.objects.values_list("case__title", flat=True))
    assert handed_on == {title_from(body) for body in doors.took_up[: len(handed_on)]} != set()
    assert len(numbers) == share(len(doors.matters), SCALE) + len(handed_on)
    assert {number: wrong for number in numbers if (wrong := sound(number, same_calendar=False))} == {}
    assert {entry.resolution for entry in BacklogEntry.objects.all()} == {"agreement"}
    towns = sum(area.level == "township" for area in org().areas.values())
    assert SweepReport.objects.count() == towns - 1
    assert Post.objects.filter(until__gte=clock.today()).exists()


def test_every_month_has_petitions_and_disputes() -> None:
    scenario = load_city_scenario("jieshou_2021")
    doors = doors_of(scenario)
    assert doors is not None

    for door in ("petition", "dispute"):
        days = sorted(matter.ago for matter in doors.matters if matter.door == door)
        assert max(later - earlier for earlier, later in pairwise(days)) <= 45
