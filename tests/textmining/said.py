"""Messages of our own about a handful of matters."""

from datetime import UTC, datetime, timedelta

from huiyin.textmining.similar import Reading, Said, read

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
MATTERS = {
    "mixer": [
        (
            "城北花园旁边的搅拌站夜里施工",
            "城北花园小区旁边的搅拌站整夜施工，粉尘大，噪音吵得睡不着，请环保部门管一管。",
        ),
        ("搅拌站粉尘污染城北花园", "搅拌站离城北花园只有几十米，粉尘落满阳台，老人孩子咳嗽，请尽快搬走搅拌站。"),
        ("城北花园业主反映搅拌站噪音", "我是城北花园业主，搅拌站的水泥车从早到晚进出，噪音和粉尘严重影响生活。"),
        ("要求搬迁城北花园附近的搅拌站", "搅拌站建在城北花园小区附近不合规划，水泥粉尘飞扬，多次反映没有结果。"),
    ],
    "fees": [
        ("望江中学违规收取补课费", "望江中学周末组织补课，每个学生收八百元，不交的孩子坐后排，希望教育局查处。"),
        ("举报望江中学强制补课收费", "望江中学强制学生周末补课并收费，家长敢怒不敢言，请教育局核查退费。"),
        ("望江中学补课收费何时停止", "孩子在望江中学读书，学校补课收费不开发票，请教育局制止。"),
    ],
    "bus": [("12路公交车晚点", "12路公交车下班时间常常晚点半小时，司机态度也不好，请公交公司增加班次。")],
    "water": [("新村停水三天", "新村自来水停了三天，没有通知，居民吃水困难，请供水公司说明原因。")],
}


def readings() -> tuple[list[str], list[Reading]]:
    """The matter of each message, and its reading, in order of time with the matters mixed."""
    mixed = [
        (turn, name, said) for name, several in MATTERS.items() for turn, said in enumerate(several)
    ]  # fmt: skip
    mixed.sort(key=lambda one: one[0])
    names = [name for _turn, name, _said in mixed]
    return names, [
        read(Said(title, body, BEGAN + timedelta(days=n), ("341282002",)))
        for n, (_turn, _name, (title, body)) in enumerate(mixed)
    ]  # fmt: skip
