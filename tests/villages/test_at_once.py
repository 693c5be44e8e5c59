"""Two lists at once, in real threads: each is told the truth, and neither waits for the other for ever."""

import pytest

from huiyin.org import versions
from huiyin.org.models import Area
from huiyin.villages import lists
from huiyin.villages.models import Post
from tests.factories.threads import together
from tests.personas import SmallCity
from tests.villages.test_lists import line
from tests.villages.test_villages import VILLAGE, town

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["town"]


def test_the_second_of_two_lists_finds_what_the_first_wrote(town: SmallCity) -> None:
    here = Area.objects.get(pk=VILLAGE)
    Area.objects.create(
        code="341282202299", name="另一村", level=here.level, kind=here.kind, parent_id=here.parent_id,
        path=here.path.replace(VILLAGE, "341282202299"), valid_from=here.valid_from,
    )  # fmt: skip
    rows = [
        dict(zip(lists.COLUMNS, line(岗位=kind, 区域代码=code, **{"村（社区）": ""}), strict=True))
        for code in (VILLAGE, "341282202299") for kind in ("村警", "法律顾问")
    ]  # fmt: skip
    versions.forget_all()

    found = together(*(
        lambda told=told: lists.take_in(town.governance_officer, told) for told in (rows, rows[::-1], rows, rows[::-1])
    ))  # fmt: skip

    assert sorted(found, key=str) == [0, 0, 0, 4]
    assert Post.objects.count() == 4
