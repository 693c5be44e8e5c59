"""What is looked at first, counted before anybody looks: this month's figures, and the board."""

from datetime import timedelta

from huiyin.kernel import clock
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.reports import board, counted, figures, lake


def warm() -> None:
    """Read the record and count, so that the first person who looks at this process doesn't wait for it."""
    _count(unless=timedelta(0))


def keep_warm() -> None:
    """Count again where it was last done a while ago, by whatever process, in a record so long that what is read of it
    lies in the home.
    """
    if lake.is_there():
        _count(unless=counted.STANDS / 2)


def _count(*, unless: timedelta) -> None:
    first, last = figures.period_from({})
    period = figures.period_of(first, last)
    counted.keep([(one, period, None) for one in DEFINITIONS.values()], unless=unless)
    counted.keep(board.questions(first, last, clock.today()), unless=unless)
