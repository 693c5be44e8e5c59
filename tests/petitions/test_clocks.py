"""Each clock of a petition over real calendars: festivals, make-up weekends, year's end; each row with its article."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from huiyin.access.actor import requester
from huiyin.cases import story
from huiyin.cases.enums import TimeUnit
from huiyin.cases.services.open import Requester
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from tests.conftest import SetClock
from tests.factories.cases import clock_of, last_day, look, sound
from tests.petitions.world import ACCEPTED, DECIDED, REVIEWED, Bureau

pytestmark = pytest.mark.django_db

DAYS, WORKDAYS = TimeUnit.CALENDAR_DAYS, TimeUnit.WORKDAYS
UNIT = {"notice": "transport", "objection": "transport"}
TO = {
    "triage": (), "notice": ("forward",), "objection": ("forward",),
    "decision": ACCEPTED,
    "simple": ("forward", "accept_simply"), "ask_review": (*DECIDED, "serve_decision"),
    "review": (*DECIDED, "serve_decision", "ask_review"), "ask_rereview": (*REVIEWED, "serve_review"),
    "rereview": (*REVIEWED, "serve_review", "ask_rereview"), "archival": ("not_accept",),
}  # fmt: skip
ROWS = [
    # clock, begins, length, unit, last day, article, what the calendar does
    ("triage", "2021-02-01", 15, DAYS, "2021-02-18", "《信访条例》第21条", "ends in the Spring Festival"),
    ("triage", "2021-12-20", 15, DAYS, "2022-01-04", "《信访条例》第21条", "runs over the year's end"),
    ("triage", "2022-09-22", 15, DAYS, "2022-10-08", "《信访工作条例》第22条", "ends in the National Day holidays"),
    ("notice", "2021-09-17", 15, DAYS, "2021-10-08", "《信访条例》第21条", "ends in the National Day holidays"),
    ("notice", "2023-01-13", 15, DAYS, "2023-01-28", "《信访工作条例》第23条", "ends on a make-up Saturday"),
    ("notice", "2022-12-17", 15, DAYS, "2023-01-03", "《信访工作条例》第23条", "ends on New Year's Day"),
    ("objection", "2023-01-18", 5, WORKDAYS, "2023-01-30", "《信访工作条例》第23条", "over the Spring Festival"),
    ("objection", "2022-09-29", 5, WORKDAYS, "2022-10-11", "《信访工作条例》第23条", "over National Day, two made up"),
    ("objection", "2023-04-20", 5, WORKDAYS, "2023-04-26", "《信访工作条例》第23条", "a make-up Sunday counts"),
    ("objection", "2022-12-29", 5, WORKDAYS, "2023-01-06", "《信访工作条例》第23条", "over the year's end"),
    ("decision", "2021-08-02", 60, DAYS, "2021-10-08", "《信访条例》第33条", "ends on National Day"),
    ("decision", "2022-12-02", 60, DAYS, "2023-01-31", "《信访工作条例》第34条", "runs over year's end and festival"),
    ("decision", "2022-11-23", 60, DAYS, "2023-01-28", "《信访工作条例》第34条", "ends on Spring Festival's first day"),
    ("simple", "2022-09-26", 10, WORKDAYS, "2022-10-13", "《信访工作条例》第34条", "over National Day, two made up"),
    ("simple", "2023-01-11", 10, WORKDAYS, "2023-01-30", "《信访工作条例》第34条", "over the Spring Festival"),
    ("ask_review", "2022-09-05", 30, DAYS, "2022-10-08", "《信访工作条例》第35条", "ends in the National Day holidays"),
    ("ask_review", "2021-01-12", 30, DAYS, "2021-02-18", "《信访条例》第34条", "ends on New Year's Eve's holiday"),
    ("review", "2022-12-23", 30, DAYS, "2023-01-28", "《信访工作条例》第35条", "ends in the Spring Festival"),
    ("review", "2021-12-03", 30, DAYS, "2022-01-04", "《信访条例》第34条", "ends on the second of January"),
    ("ask_rereview", "2023-04-01", 30, DAYS, "2023-05-04", "《信访工作条例》第36条", "ends in the Labour Day holidays"),
    ("rereview", "2022-09-03", 30, DAYS, "2022-10-08", "《信访工作条例》第36条", "ends in the National Day holidays"),
    ("rereview", "2021-09-04", 30, DAYS, "2021-10-08", "《信访条例》第35条", "ends in the National Day holidays"),
    ("archival", "2022-09-08", 30, DAYS, "2022-10-08", "《档案法实施条例》", "ends on a make-up Saturday"),
]  # fmt: skip


def by_hand(begins: str, length: int, unit: TimeUnit) -> str:
    """The last day counted once more, by another calendar and without our arithmetic."""
    day, left = date.fromisoformat(begins), length
    while left:
        day += timedelta(days=1)
        left -= unit is DAYS or chinese_calendar.is_workday(day)
    while not chinese_calendar.is_workday(day):
        day += timedelta(days=1)
    return day.isoformat()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}: {row[6]}")
def test_a_clock_ends_on_the_day_the_law_says(
    bureau: Bureau, at: SetClock, row: tuple[str, str, int, TimeUnit, str, str, str]
) -> None:
    name, begins, length, unit, ends, article, _why = row
    at(f"{begins} 10:00")
    number = bureau.register()
    for action in TO[name]:
        bureau.do(number, action, **({"served_on": begins} if action.startswith("serve") else {}))

    real = "decision" if name == "simple" else name
    ticking = clock_of(look(number), real, UNIT.get(name, ""))
    told = next(c for c in story.story(bureau.city.petition_officer, number)["clocks"] if c["name"] == real)

    assert (ticking.limit.length, ticking.limit.unit) == (length, unit)
    assert last_day(ticking) == ends == by_hand(begins, length, unit)
    assert (told["basis"], told["due_text"]) == (article, f"{_said(ends)} 24:00")
    assert told["limit"] == (f"{length}日" if unit is DAYS else f"{length}个工作日")
    assert told["source"]
    assert sound(number) == []


def _said(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.year}年{on.month}月{on.day}日"


def test_every_clock_of_the_law_has_rows() -> None:
    assert {row[0] for row in ROWS} == set(TO)


def test_a_petitioner_reads_how_the_day_was_reached(bureau: Bureau, at: SetClock) -> None:
    at("2022-11-23 10:00")
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)

    told = story.story(requester(number), number)
    steps = next(c["steps"] for c in told["clocks"] if c["name"] == "decision")

    assert [(step["date"], step["text"]) for step in steps][:3] == [
        ("2022-11-23", "起算日，不计入"), ("2023-01-22", "自然日"), ("2023-01-22", "节假日，不计（春节）"),
    ]  # fmt: skip
    assert (steps[-1]["date"], steps[-1]["text"]) == ("2023-01-28", "最后一日非工作日，顺延至此")


def test_a_clock_is_breached_at_midnight_and_not_before(bureau: Bureau, at: SetClock) -> None:
    at("2022-09-22 10:00")
    number = bureau.register()

    at("2022-10-08 23:59")
    sweep()
    assert not clock_of(look(number), "triage").late
    at("2022-10-09 00:00")
    sweep()

    assert clock_of(look(number), "triage").late


def test_an_extension_adds_thirty_days_to_the_old_last_day_and_no_more(bureau: Bureau, at: SetClock) -> None:
    at("2022-12-02 10:00")
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)
    at("2023-01-30 10:00")
    with pytest.raises(Refused) as caught:
        bureau.do(number, "request_extension", length=31)
    bureau.do(number, "request_extension")
    bureau.do(number, "grant_extension")

    assert caught.value.code == "extension_too_long"
    assert last_day(clock_of(look(number), "decision")) == "2023-03-02"
    with pytest.raises(Refused) as again:
        bureau.do(number, "request_extension")
    assert again.value.code == "extension_exists"
    assert sound(number) == []


def test_an_extension_is_not_granted_once_the_time_is_over(bureau: Bureau, at: SetClock) -> None:
    at("2022-12-02 10:00")
    number = bureau.register()
    bureau.walk(number, *ACCEPTED, "request_extension")
    at("2023-02-01 00:00")

    with pytest.raises(Refused) as caught:
        bureau.do(number, "grant_extension")

    assert caught.value.code == "already_due"


def test_the_time_of_a_hearing_is_not_counted_in_the_re_review(bureau: Bureau, at: SetClock) -> None:
    at("2023-03-01 09:00")
    number = bureau.register()
    for action in TO["rereview"]:
        bureau.do(number, action, **({"served_on": "2023-03-01"} if action.startswith("serve") else {}))
    bureau.do(number, "send_to_rereview")
    assert last_day(clock_of(look(number), "rereview")) == "2023-03-31"

    at("2023-03-10 09:00")
    bureau.do(number, "open_hearing")
    assert look(number).case.due_at is None
    with pytest.raises(Refused) as caught:
        bureau.do(number, "record_rereview")
    at("2023-03-20 17:00")
    bureau.do(number, "close_hearing")

    assert caught.value.code == "hearing_open"
    assert last_day(clock_of(look(number), "rereview")) == "2023-04-10"
    told = next(c for c in story.story(requester(number), number)["clocks"] if c["name"] == "rereview")
    assert [step["text"] for step in told["steps"] if step["kind"] in {"pause", "resume"}] == [
        "暂停计时（听证）", "恢复计时，次日续计（听证）",
    ]  # fmt: skip
    assert bureau.walk(number, "record_rereview").case.state == "final"
    assert sound(number) == []


def test_time_to_ask_runs_from_the_day_the_letter_was_received(bureau: Bureau, at: SetClock) -> None:
    at("2023-03-07 09:00")
    number = bureau.register()
    bureau.walk(number, *DECIDED)
    at("2023-03-13 09:00")

    bureau.do(number, "serve_decision", served_on="2023-03-09", manner="post")

    assert last_day(clock_of(look(number), "ask_review")) == "2023-04-10"  # the 8th is a Saturday
    assert sound(number) == []


def test_what_nobody_asks_about_closes_by_itself_and_can_no_longer_be_asked(bureau: Bureau, at: SetClock) -> None:
    at("2023-03-07 09:00")
    number = bureau.register()
    bureau.walk(number, *DECIDED, "serve_decision")
    at("2023-04-06 23:59")
    sweep()
    assert look(number).case.state == "decided"

    at("2023-04-07 00:00")
    sweep()

    case = look(number).case
    assert (case.state, case.outcome) == ("unappealed", "support")
    with pytest.raises(Refused) as caught:
        bureau.do(number, "ask_review")
    assert caught.value.code == "too_late_to_ask"
    assert sound(number) == []


def test_leaving_simple_handling_counts_sixty_days_from_the_first_acceptance(bureau: Bureau, at: SetClock) -> None:
    at("2023-03-07 09:00")
    number = bureau.register()
    bureau.walk(number, "forward", "accept_simply")
    assert last_day(clock_of(look(number), "decision")) == "2023-03-21"
    at("2023-03-15 09:00")

    bureau.do(number, "to_ordinary")

    assert last_day(clock_of(look(number), "decision")) == "2023-05-06"
    assert sound(number) == []


@pytest.mark.parametrize(
    ("moment", "law", "objects"), [("2022-04-30 23:59", 1, False), ("2022-05-01 00:00", 2, True)], ids=["2005", "2022"]
)
def test_the_day_of_receipt_picks_the_regulations(
    bureau: Bureau, at: SetClock, moment: str, law: int, objects: bool
) -> None:
    at(moment)
    number = bureau.register()
    at("2022-05-10 09:00")

    told = bureau.walk(number, "forward")

    assert (told.case.procedure, told.case.policy) == (f"petition@{law}", f"jieshou-petitions@{law}")
    assert {"notice"} | ({"objection"} if objects else set()) == {c.name for c in told.clocks if c.unit}
    assert last_day(clock_of(told, "triage")) == "2022-05-16"


def test_no_notice_is_owed_to_somebody_whose_name_or_address_is_unclear(bureau: Bureau) -> None:
    unclear = bureau.register(requester=Requester(name="何立秋", phone="13900000001"))
    clear = bureau.register()

    assert "notice" not in {c.name for c in bureau.walk(unclear, "forward").clocks}
    assert "notice" in {c.name for c in bureau.walk(clear, "forward").clocks}
    assert bureau.walk(unclear, "accept").case.state == "accepted"
    assert sound(unclear) == []


def test_an_opinion_and_the_five_other_paths_run_no_sixty_days(bureau: Bureau) -> None:
    opinion = bureau.register(petition_kind="opinion")
    path = bureau.register()

    studied = bureau.walk(opinion, "forward", "accept")
    led = bureau.walk(path, "forward", "lead_into_path")

    assert (studied.case.state, led.case.state) == ("under_study", "in_legal_path")
    for told in (studied, led):
        assert "decision" not in {c.name for c in told.clocks}
        assert told.case.promise_at is None
    another = bureau.register(petition_kind="opinion")
    bureau.walk(another, "forward")
    with pytest.raises(Refused) as caught:
        bureau.do(another, "lead_into_path")
    assert caught.value.code == "no_grievance"


def test_dates_are_the_citys(bureau: Bureau, at: SetClock) -> None:
    at("2023-03-07 23:30")
    number = bureau.register()
    started = clock_of(look(number), "triage").started_at
    assert clock.local(started) == datetime.fromisoformat("2023-03-07T23:30+08:00")
    assert last_day(clock_of(look(number), "triage")) == "2023-03-22"
