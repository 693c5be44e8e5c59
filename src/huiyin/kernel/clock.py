"""The one place that knows what time it is.

Instants are aware datetimes in UTC with microseconds; legal days are dates in the city's zone.
A rehearsal home installs a shifted source (`config.rehearsal`), everything else reads the machine.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_city_zone = ZoneInfo("Asia/Shanghai")


def _machine_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _machine_time


def install(source: Callable[[], datetime] | None = None, *, zone: ZoneInfo | None = None) -> None:
    """Replace the time source (None: the machine's) and, if given, the city's time zone."""
    global _source, _city_zone
    _source = source or _machine_time
    _city_zone = zone or _city_zone


def now() -> datetime:
    """This instant, in UTC."""
    return _source()


def today() -> date:
    """The city's date at this instant."""
    return local_date(now())


def zone() -> ZoneInfo:
    """The city's time zone."""
    return _city_zone


def local(instant: datetime) -> datetime:
    """The instant on the city's wall clock."""
    return instant.astimezone(_city_zone)


def local_date(instant: datetime) -> date:
    """The city's date at `instant`."""
    return local(instant).date()


def start_of_day(day: date) -> datetime:
    """The instant at which `day` begins in the city, in UTC."""
    return datetime.combine(day, time.min, _city_zone).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first instant after `day` in the city, in UTC: "24:00" of that day."""
    return start_of_day(day + timedelta(days=1))


FIRST_YEAR, LAST_YEAR = 2000, 2067
"""Years that a day in an address may have: others overflow what is reckoned with them."""


def asked_day(text: str) -> date | None:
    """The day that an address asks for; None for no text. ValueError for what is no day, or one far off."""
    day = date.fromisoformat(text) if text else None
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day
