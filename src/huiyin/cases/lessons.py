"""What closed matters teach: their redacted words, and who led them in the end, how they were classed.

The unit is the one that closed the matter, not the first it was sent to: a return that was accepted is a lesson
already. Only texts that were read a second time for names are learned from, nothing that is or was confidential and
nothing erased; matters of one requester, and those joined to one, stay together, so that what a single person says
becomes no feature.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.cases import policies
from huiyin.cases.enums import Allegation, Phase
from huiyin.cases.models import Passage
from huiyin.cases.suggestions import CATEGORY, KIND, SAID, UNIT, URGENCY, answer_of, message
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.routing.train import Lesson

MOST = 60_000
"""Matters learned from, the latest."""
APART = ("personal_data@",)
"""Beginnings of procedures whose matters are about the requester's own data, and no demand."""
_COLUMNS = (
    "case__number", "case__title", "text", "case__category", "case__area", "case__lead_unit", "case__kind",
    "case__urgency", "case__main", "case__requester", "case__received_at",
)  # fmt: skip


def from_closed(*, until: date | None = None) -> Lesson:
    """A lesson from the closed matters, those received before a day if one is given; the latest `MOST`. Refused where
    there is none.
    """
    rows = list(_rows(until))[::-1]
    if not rows:
        raise Refused(
            "nothing_to_learn",
            _("没有可以学习的办结事项。"),
            rule=_("只学习全体坐席可见、已由后台第二遍隐去姓名的办结事项。"),
            do=_("请先让 huiyin worker 运行一会儿，或等有了办结的事项再来。"),
        )
    units = [answer_of(row[5], clock.local_date(row[10])) if row[5] else None for row in rows]
    return Lesson(
        messages=[message(row[1], row[2], row[3], row[4]) for row in rows],
        answers={
            UNIT: units, CATEGORY: [row[3] for row in rows], KIND: [row[6] for row in rows],
            URGENCY: [row[7] for row in rows],
        },
        groups=[str(row[8] or row[9]) for row in rows],
        names=[row[0] for row in rows],
        source=f"closed matters until {until or clock.today()}",
        reads={CATEGORY: SAID, KIND: SAID, URGENCY: SAID},
    )  # fmt: skip


def _rows(until: date | None) -> Iterator[tuple[Any, ...]]:
    found = Passage.objects.filter(
        policies.always_open("case__"), seq=1, field="body", reread=True, case__phase=Phase.CLOSED,
        case__allegation__in=[Allegation.NONE, Allegation.SERVICE],
    ).exclude(text="").exclude(case__title="")  # fmt: skip
    for name in APART:
        found = found.exclude(case__procedure__startswith=name)
    if until is not None:
        found = found.filter(case__received_at__lt=clock.start_of_day(until))
    yield from found.order_by("-case_id").values_list(*_COLUMNS)[:MOST].iterator(chunk_size=2000)
