"""Models for the small city: learned from made-up lessons, or from its closed matters, and put to use for one test."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from huiyin.cases import catalogue
from huiyin.cases.enums import Phase
from huiyin.cases.lessons import from_closed
from huiyin.cases.models import Case, CatalogueEntry, Category, Passage
from huiyin.cases.services.open import open_cases
from huiyin.kernel import clock
from huiyin.routing import versions
from huiyin.routing.model import Model
from huiyin.routing.train import train
from tests.factories.cases import opening
from tests.personas import SmallCity
from tests.routing.said import PLACES, TOPICS

CATEGORIES = {
    "lights": "jieshou/city.street-lights",
    "bus": "jieshou/transport.bus",
    "water": "jieshou/utilities.water",
}

RENZHAI, XICHENG = "341282202", "341282002"


def apart(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Models of a test lie in its own folder: the home belongs to all tests of the run."""
    monkeypatch.setattr(versions, "folder", lambda: folder / "models")
    versions.forget()


def close_matters(city: SmallCity, units: dict[str, str], *, categories: bool = True, area: str | None = None) -> None:
    """Closed matters of each topic at each place, led by the unit given for it. Their way there is left out: what is
    learned from is how they stand, and that they count as read for names.
    """
    said = [(topic, way.format(place=place)) for topic in units for place in PLACES for way in TOPICS[topic]]
    made = open_cases(
        actor=city.operator,
        openings=[
            opening(
                title=text[:20],
                body=f"{text}，希望尽快处理。",
                area=area,
                category=CATEGORIES[topic] if categories else None,
            )
            for topic, text in said
        ],
    )
    for (topic, _text), one in zip(said, made, strict=True):
        Case.objects.filter(number=one.number).update(phase=Phase.CLOSED, lead_unit=units[topic])
    Passage.objects.filter(seq=1, field="body").update(reread=True)


def learn(*, by: str = "user:supervisor") -> Model:
    """What the closed matters teach, in use from now on."""
    model = train(from_closed())
    versions.keep(model, at=clock.now(), by=by)
    versions.use(model.version, at=clock.now(), by=by)
    return model


@pytest.fixture
def taught(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SmallCity]:
    """The city with three categories, and a model learned from its closed matters: lamps go to housing, buses to
    transport, water to the street or town.
    """
    apart(monkeypatch, tmp_path)
    for name, key in CATEGORIES.items():
        Category.objects.create(key=key, scheme="jieshou", name=name, level=1, path=name)
    for area, unit in ((XICHENG, "xicheng-street"), (RENZHAI, "renzhai")):
        CatalogueEntry.objects.create(
            category_id=CATEGORIES["water"], area_id=area, unit_id=unit, valid_from=date(2000, 1, 1),
            level="township", source="试",
        )  # fmt: skip
    CatalogueEntry.objects.create(
        category_id=CATEGORIES["lights"], unit_id="housing", valid_from=date(2000, 1, 1), source="试"
    )
    catalogue.forget()
    close_matters(hotline, {"lights": "housing", "bus": "transport", "water": "xicheng-street"}, area=XICHENG)
    learn()
    yield hotline
    versions.forget()
    catalogue.forget()
