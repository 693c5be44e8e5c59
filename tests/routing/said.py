"""Messages of our own making about lamps, buses and water, told apart by their words."""

from collections.abc import Iterator

from huiyin.routing.terms import Message
from huiyin.routing.train import Lesson

PLACES = (
    "人民路",
    "解放街",
    "东关",
    "老城小区",
    "河堤边",
    "中学门口",
    "菜市场",
    "车站旁",
    "新村",
    "桥头",
    "工业园",
    "广场北",
)
TOPICS = {
    "lights": ("{place}的路灯坏了", "{place}晚上没有灯，路灯不亮", "{place}路灯忽明忽暗，请检修照明"),
    "bus": ("{place}的公交车晚点", "{place}公交站牌倒了", "{place}的末班公交取消了，司机拒载"),
    "water": ("{place}停水三天", "{place}自来水发黄，水压低", "{place}水管爆裂，自来水漏了一地"),
}


def messages() -> Iterator[tuple[Message, str, str]]:
    """Message, answer, group: every topic at every place, in every way of saying it."""
    for topic, ways in TOPICS.items():
        for place in PLACES:
            for number, way in enumerate(ways):
                said = way.format(place=place)
                yield (said[:12], f"{said}，希望尽快处理。"), topic, f"{topic}/{place}/{number}"


def lesson() -> Lesson:
    """A lesson with one head, `unit`."""
    rows = list(messages())
    return Lesson(
        [row[0] for row in rows], {"unit": [row[1] for row in rows]}, [row[2] for row in rows],
        [f"number-{place}" for place in range(len(rows))],
    )  # fmt: skip
