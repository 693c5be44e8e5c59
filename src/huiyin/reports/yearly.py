"""What the yearly report on petitions must tell (art. 41; before May 2022 art. 39 of the Regulations of 2005), counted
for whoever asks, with the list behind each number. Accusations are in none of it, nor in any sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.metrics.definition import Definition
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.metrics.period import Period
from huiyin.metrics.run import By, Figure, Group, Session

SHOWN = 10
"""So many fields and bodies are told on the page; the file has all, and so has the figure's own page."""


@dataclass(frozen=True)
class Asked:
    """One thing to be reported: some figures, or one figure by a dimension, with the most frequent first."""

    title: Any
    names: tuple[str, ...]
    by: By | None = None
    empty: Any = ""


SECTIONS: Sequence[Asked] = (
    Asked(_("一、数据统计"), ("petition_items", "petition_visits", "petition_persons", "petition_repeat_rate")),
    Asked(_("信访形式"), ("petition_items",), By.CHANNEL),
    Asked(_("信访事项涉及领域"), ("petition_items",), By.CATEGORY),
    Asked(_("被投诉较多的机关、单位"), ("petition_complained",), By.RESPONDENT, _("没有写明被反映单位的信访事项。")),
    Asked(_("二、转送、交办、督办"), ("petition_forwarded", "petition_assigned", "petition_supervised")),
    Asked(_("三、改进工作、完善政策、追究责任的建议"), ("petition_proposals", "petition_proposals_taken_up")),
    Asked(
        _("四、其他"),
        ("petition_notice_on_time", "petition_on_time", "petition_legal_path", "petition_split", "petition_solved",
         "petition_closed", "backlog_entered", "backlog_resolved"),
    ),
)  # fmt: skip
"""In the order of the article."""


@dataclass(frozen=True)
class Told:
    """One thing as counted: figures, or the groups of one."""

    asked: Asked
    figures: tuple[tuple[Definition, Figure], ...]
    groups: tuple[Group, ...]
    """Of the figure by the dimension, the largest first, as many as are told; empty without a dimension."""
    left: int
    """So many groups more there are."""


def report(session: Session, period: Period, *, most: int | None) -> list[Told]:
    """All that the article asks for, from the facts that the reader may know; of each dimension's groups `most`, or
    all.
    """
    return [_told(session, period, asked, most) for asked in SECTIONS]


def _told(session: Session, period: Period, asked: Asked, most: int | None) -> Told:
    counted = tuple((DEFINITIONS[name], session.run(DEFINITIONS[name], period, by=asked.by)) for name in asked.names)
    groups = sorted(counted[0][1].groups, key=lambda group: -group.denominator) if asked.by else []
    told = tuple(groups[:most])
    return Told(asked, counted, told, len(groups) - len(told))
