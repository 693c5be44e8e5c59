"""The rule of receptions as data: who receives how often, when, where; and which programmes there are.

A published document like procedures and limits (`rotas/*.yaml`): the day of an occasion picks the version.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.db.models import Q
from pydantic import Field, model_validator

from huiyin.cases.documents import Documents
from huiyin.cases.models import Publication
from huiyin.cases.procedures.spec import Force, Part, Title, parse
from huiyin.cases.registry import document
from huiyin.kernel import clock
from huiyin.kernel.errors import ConfigError
from huiyin.receptions.models import Receiver

SORT = "reception"
RULE = "rota"
"""What this sort of document is called where documents are published."""
FILE = "rotas/jieshou.yaml"


class Rank(Part):
    """One rank of leaders, and how often each of them receives in a period."""

    title: Title
    least: int = Field(ge=0, le=31)
    period: Literal["month", "quarter"]
    source: str


class Day(Part):
    """An occasion as it usually is."""

    begins: time
    ends: time
    capacity: int = Field(ge=1, le=40)
    minutes: int = Field(ge=5, le=240)

    @model_validator(mode="after")
    def _fits(self) -> "Day":
        long = datetime.combine(date.min, self.ends) - datetime.combine(date.min, self.begins)
        if long < timedelta(minutes=self.minutes * self.capacity):
            raise ValueError("the turns don't fit between `begins` and `ends`")
        return self


class Booking(Part):
    """From when and until when a turn may be booked, and for how many persons."""

    opens_days: int = Field(ge=1, le=365)
    closes_hours: int = Field(ge=0, le=240)
    persons: int = Field(ge=1, le=5)
    source: str


class Programme(Part):
    """A named programme: what counts as one of its activities."""

    title: Title
    items: Mapping[str, Title]
    source: str


class Rota(Part):
    """One version of a city's rule."""

    name: str = Field(pattern="^[a-z0-9-]+$", max_length=40)
    version: int = Field(ge=1)
    title: Title
    jurisdiction: str
    in_force: Force
    ranks: Mapping[str, Rank]
    day: Day
    rooms: tuple[str, ...] = Field(min_length=1)
    booking: Booking
    remind_hours: int = Field(ge=1, le=240)
    answer_days: int = Field(ge=1, le=365)
    carry_days: int = Field(ge=1, le=365)
    kept_months: int = Field(ge=12)
    kept_source: str
    programmes: Mapping[str, Programme]

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"


@document(RULE)
def load(text: str, file: str) -> Rota:
    """Read a rota and check that a new one leaves everybody who receives by it a line; one that is published already
    takes nothing away. ConfigError with every fault.
    """
    found = parse(text, file, Rota)
    known = Publication.objects.filter(key=found.key, sort=RULE).exists()
    faults = [] if known else list(_left_out(found))
    if faults:
        raise ConfigError("bad_rota", f"{file}: " + " ".join(faults), faults=faults)
    return found


def _left_out(found: Rota) -> Iterable[str]:
    going = Receiver.objects.filter(Q(valid_to=None) | Q(valid_to__gte=found.in_force.since))
    going = going.exclude(rank__in=list(found.ranks))
    for rank in sorted(set(going.values_list("rank", flat=True))):
        yield f"ranks: somebody in office receives by {rank!r}, which isn't here."


_documents = Documents(RULE, Rota, "huiyin.receptions", FILE)
packaged, published = _documents.packaged, _documents.published


def rota(day: date | None = None) -> Rota:
    """The version in force on a day (today); the packaged one before anything was published."""
    return _documents.on(day or clock.today())


def period_around(period: str, day: date) -> tuple[date, date]:
    """First and last day of the month or quarter that a day lies in."""
    months = 3 if period == "quarter" else 1
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
