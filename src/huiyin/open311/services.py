"""The services on offer: the leaves of the city's category tree, with what `services.yaml` adds to them.

A city has its own file as `open311.yaml` in its home; without one the packaged file counts.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import yaml
from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict, Field

from huiyin.cases import catalogue
from huiyin.cases.enums import Allegation, Kind
from huiyin.cases.models import Category
from huiyin.cases.procedures.spec import Title
from huiyin.kernel import home
from huiyin.kernel.errors import ConfigError


class Mode(StrEnum):
    """What a report is answered with: its number; a token that gives the number once the desk has accepted it; a
    token that never does, for matters that aren't shown to strangers.
    """

    REALTIME = "realtime"
    BATCH = "batch"
    BLACKBOX = "blackbox"


class Datatype(StrEnum):
    """How an attribute is asked."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    ONE = "singlevaluelist"
    MANY = "multivaluelist"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Attribute(_Part):
    """A question that belongs to a service. One that isn't `variable` only tells something."""

    datatype: Datatype = Datatype.STRING
    required: bool = False
    variable: bool = True
    description: Title
    hint: Title | None = None
    values: Mapping[str, Title] = Field(default_factory=dict)


class Extra(_Part):
    """What the file says of a category."""

    kind: Kind = Kind.HELP
    allegation: Allegation = Allegation.NONE
    type: Mode = Mode.REALTIME
    about: Title | None = None
    keywords: Title | None = None
    notice: Title | None = None
    attributes: Mapping[str, Attribute] = Field(default_factory=dict)


class Point(_Part):
    """A place on the globe (WGS84)."""

    lat: float = Field(ge=-90, le=90)
    long: float = Field(ge=-180, le=180)


class Offer(_Part):
    """The whole file."""

    scheme: str
    jurisdictions: list[str]
    changeset: datetime
    contact: Title
    key_service: Title
    middle: Point
    """Where a report stands that names no place of its own."""
    key_required: bool = True
    """Whether a report takes a key, as the standard says; if not, anybody's program may report, only so often."""
    shows_words: bool = True
    """Whether strangers read the words of a report, twice redacted."""
    closed: list[str] = Field(default_factory=list)
    """Categories that aren't offered."""
    services: Mapping[str, Extra] = Field(default_factory=dict)


@lru_cache(maxsize=1)
def offer() -> Offer:
    """What this city offers. ConfigError for a file that can't be read."""
    own = home.path() / "open311.yaml"
    source = own if own.exists() else files("huiyin.open311") / "services.yaml"
    try:
        return Offer.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except (ValueError, yaml.YAMLError) as error:
        raise ConfigError("bad_services", f"{source}: {error}") from error


def forget() -> None:
    """Read the file anew."""
    offer.cache_clear()


class Service(BaseModel):
    """A category as programs see it."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)
    category: Category
    extra: Extra

    @property
    def code(self) -> str:
        """What stands in addresses: without slashes and dots, which programs cut at."""
        return code_of(self.category.key)

    @property
    def name(self) -> str:
        return catalogue.label_of(self.category)

    @property
    def group(self) -> str:
        """Name of the category above."""
        above = catalogue.categories().get(self.category.parent_id or "")
        return catalogue.label_of(above or self.category)

    @property
    def is_shown(self) -> bool:
        """Whether strangers may read reports of it."""
        return self.extra.type is not Mode.BLACKBOX


def code_of(category: str) -> str:
    """The code of the service that a category is."""
    return category.partition("/")[2].replace(".", "_")


def services() -> dict[str, Service]:
    """Every category below the top as a service, by code: also closed ones, whose matters may still be shown."""
    said = offer()
    found = [
        Service(category=one, extra=said.services.get(one.key.partition("/")[2], Extra()))
        for one in catalogue.in_scheme(said.scheme)
        if one.level > 1
    ]
    return {service.code: service for service in found}


def offered() -> list[Service]:
    """The services that one may report under."""
    closed = {f"{offer().scheme}/{key}" for key in offer().closed}
    above = {one.parent_id for one in catalogue.categories().values()}
    return [one for one in services().values() if one.category.key not in closed | above]


def shown_categories() -> list[str]:
    """Keys of the categories whose reports strangers may read."""
    return [one.category.key for one in services().values() if one.is_shown]


def words(title: Title | None) -> str | None:
    """The title in the language asked for."""
    return title.in_(get_language() or "zh") if title else None
