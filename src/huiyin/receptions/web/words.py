"""What stages, outcomes and the like are called."""

from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from huiyin.engagements.enums import Door, Mode, Outcome, Stage, Turn
from huiyin.kernel import clock
from huiyin.receptions.rota import Rank, Rota, rota

STAGES: dict[str, tuple[Any, str]] = {
    Stage.PLANNED: (_("未公布"), "wait"), Stage.PUBLISHED: (_("已公布"), "plain"), Stage.HELD: (_("已接访"), "done"),
    Stage.MISSED: (_("未接访"), "due"), Stage.CANCELLED: (_("已取消"), "locked"), Stage.MOVED: (_("已改期"), "soon"),
}  # fmt: skip
"""Stage → its name and how a badge shows it."""
MODES: dict[str, Any] = {
    Mode.OPEN_DOOR: _("开门接访"), Mode.INVITED: _("主动约访"), Mode.TAKEN_DOWN: _("带案下访"),
    Mode.HOME: _("上门回访"),
}  # fmt: skip
DOORS: dict[str, Any] = {
    Door.WEB: _("网上预约"), Door.DESK: _("代为预约"), Door.WALK_IN: _("现场登记"), Door.INVITED: _("约请"),
}  # fmt: skip
TURNS: dict[str, tuple[Any, str]] = {
    Turn.BOOKED: (_("待接访"), "wait"), Turn.RECEIVED: (_("已接访"), "done"), Turn.ABSENT: (_("未到"), "soon"),
    Turn.CANCELLED: (_("已取消"), "locked"),
}  # fmt: skip
OUTCOMES: dict[str, Any] = {
    Outcome.ANSWERED: _("当场答复"), Outcome.GUIDED: _("引导到法定途径"), Outcome.ASSIGNED: _("交办"),
    Outcome.CARRIED: _("交办并包案"), Outcome.FOLLOWED: _("跟进"), Outcome.SEALED: _("另行登记（保密）"),
}  # fmt: skip
DUTIES: dict[str, tuple[Any, str]] = {
    "done": (_("已完成"), "done"), "planned": (_("已安排"), "plain"), "missing": (_("还没有安排"), "soon"),
    "missed": (_("没有接访"), "due"),
}  # fmt: skip
CARRIED: dict[str, tuple[Any, str]] = {
    "going": (_("办理中"), "plain"), "late": (_("已超期"), "due"), "closed": (_("案结，未事解"), "soon"),
    "solved": (_("事解"), "done"), "back": (_("又有反映"), "due"), "handed_over": (_("已移交"), "locked"),
}  # fmt: skip
TROUBLES: dict[str, Any] = {
    "left": _("领导已离任，请换人或取消"), "closed": _("这一天不上班，请改期"), "late": _("已过时间，请登记是否接访"),
}  # fmt: skip


def often(rank: Rank) -> str:
    """How often somebody of that rank receives."""
    n = rank.least
    known = {
        "month": ngettext("每月%(n)s场", "每月%(n)s场", n),
        "quarter": ngettext("每季度%(n)s场", "每季度%(n)s场", n),
    }
    return known[rank.period] % {"n": n}


def rank_title(rank: str, rule: Rota | None = None) -> str:
    """What a rank is called."""
    known = (rule or rota(clock.today())).ranks.get(rank)
    return known.title.in_(get_language() or "zh") if known else rank


def programme_titles(programme: str, item: str) -> tuple[str, str]:
    """What a programme and one of its items are called."""
    language, known = get_language() or "zh", rota().programmes.get(programme)
    if known is None:
        return programme, item
    title = known.items.get(item)
    return known.title.in_(language), title.in_(language) if title else item
