"""The rehearsal city's knowledge is older than its matters, whose answers rest on it."""

import pytest

from huiyin.demo.articles import WRITTEN
from huiyin.demo.quotas import load_city_scenario
from huiyin.kernel import clock


@pytest.mark.parametrize("name", ["jieshou_2021", "riverside_2021"])
def test_articles_are_published_before_the_first_matter(name: str) -> None:
    scenario = load_city_scenario(name)

    assert clock.local_date(scenario.now - WRITTEN) < min(stretch.since for stretch in scenario.stretches)
