"""The limits policy: no clock without a length, the first line that fits wins."""

from datetime import date
from importlib.resources import files

import pytest

from huiyin.cases.enums import TimeUnit, Urgency
from huiyin.cases.procedures import limits, parts, spec
from huiyin.cases.procedures.limits import Limit, LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.registry import vocabulary
from huiyin.kernel.errors import ConfigError

TINY = spec.parse(
    """
name: tiny
version: 1
title: {zh: 小流程, en: Tiny}
kinds: [help, complaint]
jurisdiction: "*"
in_force: {from: 2021-01-01}
basis: 测试
states: {new: {title: {zh: 新, en: New}, holder: desk}}
clocks: {answer: {title: {zh: 答复, en: Answer}, basis: 法}}
actions: {}
""",
    "tiny.yaml",
    Procedure,
)

TEXT = """
name: city
version: 2
title: {zh: 时限, en: Limits}
jurisdiction: "341282"
in_force: {from: 2021-01-01}
limits:
  - {procedure: tiny, clock: answer, urgencies: danger, length: 2, unit: hours, source: 一}
  - {procedure: tiny, clock: answer, kinds: [help], length: 3, unit: workdays, extend_by: 5, source: 二}
  - {procedure: tiny, clock: answer, length: 30, unit: calendar_days, source: 三}
"""
LAST = "  - {procedure: tiny, clock: answer, length: 30, unit: calendar_days, source: 三}\n"


def load(text: str) -> LimitPolicy:
    return limits.load(text, "city.yaml", [TINY])


@pytest.mark.parametrize(
    ("kind", "urgency", "limit"),
    [
        ("help", "danger", Limit(2, TimeUnit.HOURS, 0, "一", "city@2")),
        ("complaint", "danger", Limit(2, TimeUnit.HOURS, 0, "一", "city@2")),
        ("help", "normal", Limit(3, TimeUnit.WORKDAYS, 5, "二", "city@2")),
        ("help", "urgent", Limit(3, TimeUnit.WORKDAYS, 5, "二", "city@2")),
        ("complaint", "urgent", Limit(30, TimeUnit.CALENDAR_DAYS, 0, "三", "city@2")),
    ],
)
def test_the_first_line_that_fits_is_taken(kind: str, urgency: str, limit: Limit) -> None:
    assert load(TEXT).limit("tiny", "answer", kind, urgency) == limit


def test_a_general_line_on_top_hides_the_others() -> None:
    policy = load(TEXT.replace("limits:\n", f"limits:\n{LAST}"))

    assert policy.limit("tiny", "answer", "help", "danger").source == "三"


def test_a_limit_nobody_wrote_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"city@2: no limit for tiny\.sign, kind help, urgency normal"):
        load(TEXT).limit("tiny", "sign", "help", "normal")


def test_every_gap_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        load(TEXT.replace(LAST, ""))

    message = str(caught.value)
    assert message.startswith("city.yaml: ")
    assert "tiny answer complaint normal" in message
    assert "tiny answer complaint urgent" in message
    assert "complaint danger" not in message
    assert "answer help" not in message


@pytest.mark.parametrize(("old", "new"), [("urgencies: danger", "urgencies: dangerous"), ("[help]", "[help, hepl]")])
def test_a_word_nobody_knows_is_refused(old: str, new: str) -> None:
    with pytest.raises(ConfigError, match=r"city\.yaml: limits\.\d .*unknown words: (dangerous|hepl)\."):
        load(TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("length: 2", "length: 0", "limits.0.length"),
        ("length: 2", "length: soon", "limits.0.length"),
        ("unit: hours", "unit: moons", "limits.0.unit"),
        ("extend_by: 5", "extend_by: -1", "limits.1.extend_by"),
        ("source: 三", "source: ''", "limits.2.source"),
        (", source: 三", "", "limits.2.source: Field required"),
        ("length: 2", "lenght: 2", "limits.0.lenght: Extra inputs"),
        ("version: 2", "version: 2\ncallback_attempts: 0", "callback_attempts"),
    ],
)
def test_a_faulty_line_is_refused_by_file_and_key(old: str, new: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(TEXT.replace(old, new, 1))

    assert str(caught.value).startswith("city.yaml: ")
    assert sentence in str(caught.value)


def test_a_limit_comes_back_from_its_payload() -> None:
    limit = Limit(3, TimeUnit.WORK_HOURS, 5, "潍坊市12345条例第二十条", "city@2")

    assert Limit.from_payload(limit.as_payload()) == limit


def test_the_packaged_limits_cover_the_packaged_procedures() -> None:
    root = files("huiyin.hotline")
    procedures = [
        parts.load((root / "procedures" / name).read_text(encoding="utf-8"), name, vocabulary())
        for name in ("hotline.yaml", "consult.yaml")
    ]

    policy = limits.load((root / "limits" / "jieshou.yaml").read_text(encoding="utf-8"), "jieshou.yaml", procedures)

    assert policy.in_force.covers(date(2021, 7, 18))
    assert [window.windows for window in policy.hours] == [
        ("08:00-12:00", "15:00-18:00"), ("08:00-12:00", "14:30-17:30"),
    ]  # fmt: skip
    for procedure in procedures:
        counted = [name for name, stated in procedure.clocks.items() if not stated.agreed]
        for clock, kind, urgency in ((c, k, u) for c in counted for k in procedure.kinds for u in Urgency):
            assert policy.limit(procedure.name, clock, kind, urgency).source


def test_danger_never_waits_longer_than_the_rest() -> None:
    text = (files("huiyin.hotline") / "limits" / "jieshou.yaml").read_text(encoding="utf-8")
    policy = spec.parse(text, "jieshou.yaml", LimitPolicy)

    for clock in ("acceptance", "dispatch", "answer", "handle"):
        danger, normal = (policy.limit("hotline", clock, "help", urgency) for urgency in ("danger", "normal"))
        assert danger.unit is TimeUnit.HOURS or danger.unit is normal.unit
        assert danger.unit is not normal.unit or danger.length < normal.length


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("clock: answer", "clock: anwser", "unknown words: anwser"),
        ("urgencies: danger", "urgencies: help", "unknown words: help"),
        ("version: 2", 'version: 2\nhours: [{from: "01-01", until: "12-31", windows: ["25:00-26:00"]}]', "hours.0"),
        ("version: 2", 'version: 2\nhours: [{from: "13-99", until: "12-31", windows: ["09:00-12:00"]}]', "hours.0"),
        ("version: 2", 'version: 2\nhours: [{from: "01-01", until: "02-30", windows: ["09:00-12:00"]}]', "hours.0"),
        ("version: 2", 'version: 2\nhours: [{from: "01-01", until: "12-31", windows: ["18:00-08:00"]}]', "hours.0"),
    ],
)
def test_a_slip_of_the_pen_is_seen(old: str, new: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(TEXT.replace(old, new, 1))

    assert sentence in str(caught.value)
