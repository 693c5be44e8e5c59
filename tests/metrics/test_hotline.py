"""Every definition against its recount, on a few hundred cases drawn by chance."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from huiyin.metrics.definition import Unit
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import Session
from tests.metrics.made_up import Life, facts_of, lives
from tests.metrics.recount import RECOUNTS, known, recount

JUNE = Period.month(2021, 6)
INSTANTS = (JUNE.until, datetime(2021, 6, 16, 3, 20, tzinfo=UTC), JUNE.until + timedelta(days=45))

type Both = tuple[list[Life], Session]


@pytest.fixture(scope="module", params=INSTANTS, ids=["at the end", "half way", "long after"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    drawn = lives(seed=12345, count=500)
    with Session(facts_of(drawn), as_of=request.param) as session:
        yield drawn, session


def test_every_definition_is_recounted() -> None:
    assert list(RECOUNTS) == list(DEFINITIONS)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_figure_and_rows_are_those_of_the_recount(both: Both, name: str) -> None:
    drawn, session = both
    expected = recount(name, known(drawn, session.as_of), JUNE)

    figure = session.run(DEFINITIONS[name], JUNE)
    rows = session.rows(DEFINITIONS[name], JUNE)

    scores = [1.0 if row.hit is None and row.value is None else float(row.hit or row.value or 0) for row in rows]
    assert [(row.at, row.number) for row in rows] == [(at, number) for at, number, _ in expected]
    assert scores == pytest.approx([score for _, _, score in expected])
    assert figure.denominator == len(expected)
    assert figure.numerator == pytest.approx(sum(score for _, _, score in expected))


@pytest.mark.parametrize("name", [name for name in DEFINITIONS if name != "unanswered_now"])
def test_the_sample_can_tell_figures_apart(name: str) -> None:
    expected = recount(name, known(lives(seed=12345, count=500), INSTANTS[-1]), JUNE)

    assert len(expected) >= 15
    assert DEFINITIONS[name].unit is not Unit.RATE or {score for _, _, score in expected} == {0.0, 1.0}
