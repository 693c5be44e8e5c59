"""The small city with the packaged rules in force, on a Tuesday morning, and articles to begin with."""

from datetime import date

import pytest

from huiyin.cases.catalogue import CATALOGUE
from huiyin.cases.models import Category
from huiyin.knowledge import editing
from huiyin.knowledge.editing import Said
from huiyin.knowledge.models import Article
from huiyin.org.versions import touch
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]

BUS = Said(
    "公交车几点收班？", "城区各线路冬季18:30收班，夏季19:00收班。", basis="公交运行时刻表（2021）",
    words="末班车 首末班", valid_from=date(2021, 1, 1), review_on=date(2021, 6, 1), public=True,
)  # fmt: skip
LOAN = Said(
    "公积金怎么提取？", "带身份证到公积金窗口，符合条件的当场办。", basis="《住房公积金管理条例》第24条",
    valid_from=date(2021, 1, 1), review_on=date(2021, 6, 1),
)  # fmt: skip


def published(city: SmallCity, said: Said = BUS, unit: str = "transport") -> Article:
    """An article that the unit's clerk wrote and its head published."""
    writer, reviewer = (getattr(city, f"{unit}_{role}") for role in ("clerk", "head"))
    row = editing.begin(actor=writer, unit=unit, said=said)
    editing.submit(actor=writer, key=row.pk, seen=1)
    return editing.approve(actor=reviewer, key=row.pk, seen=2)


def category_of(name: str) -> str:
    """Key of a new category of the top level."""
    row = Category.objects.create(key=f"jieshou/{name}", scheme="jieshou", name=name, level=1, path=name)
    touch(CATALOGUE)
    return row.key


@pytest.fixture
def bus(hotline: SmallCity) -> Article:
    """A published, public article of the transport bureau, to be looked at by 1 June 2021."""
    return published(hotline)
