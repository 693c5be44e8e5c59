"""Articles among everything that is found by words at the desk."""

from datetime import date

import pytest

from huiyin.access.actor import ANONYMOUS
from huiyin.knowledge import editing
from huiyin.knowledge.models import Article
from huiyin.search import index
from huiyin.search.find import find
from huiyin.search.models import Indexed
from tests.conftest import SetClock
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_an_article_is_found_with_everything_else_and_gone_once_it_ends(
    hotline: SmallCity, bus: Article, at: SetClock
) -> None:
    index.catch_up()
    [hit] = find(hotline.transport_clerk, "收班").hits
    assert (hit.kind, hit.shown.url) == ("article", f"/desk/knowledge/{bus.pk}/")
    assert not find(ANONYMOUS, "收班").hits
    assert not find(hotline.auditor, "收班").hits

    at("2021-06-03 09:00")
    index.catch_up()
    assert "已过复核日期2天，先核对再用" in find(hotline.operator, "收班").hits[0].shown.facts
    editing.confirm(actor=hotline.transport_clerk, key=bus.pk, seen=3, review_on=date(2021, 9, 1))
    editing.withdraw(actor=hotline.transport_clerk, key=bus.pk, seen=4, reason="停运")
    assert not find(hotline.operator, "收班").hits
    index.catch_up()
    assert Indexed.objects.filter(kind="article").count() == 0
