"""The calendar on its pages: what a day is, what a decision about it would move, and that the worker counts anew."""

import re
from datetime import date

import pytest
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.cases.models import Case
from huiyin.cases.services.recount import recount_if_changed
from huiyin.cli.worker import work
from huiyin.kernel.errors import HuiyinError
from huiyin.offices import days
from huiyin.workdays import services
from huiyin.workdays.models import Edition, OwnDay
from tests.conftest import SetClock
from tests.factories.cases import case_in, clock_of, kinds, last_day, look, sound
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

FRIDAY, SATURDAY = date(2021, 3, 5), date(2021, 3, 6)


def declare(hotline: SmallCity, day: date = FRIDAY, *, works: bool = False) -> None:
    days.declare(hotline.administrator, day, works=works, name="暴雪停休", source="界政办〔2021〕5号",
                 seen=services.calendar().version)  # fmt: skip


def refusal(who: str, hotline: SmallCity, day: date, *, works: bool = False, seen: str = "") -> str:
    with pytest.raises(HuiyinError) as caught:
        days.declare(getattr(hotline, who), day, works=works, name="停休", source="文件",
                     seen=seen or services.calendar().version)  # fmt: skip
    assert not OwnDay.objects.exists()
    assert not Entry.objects.exists()
    return caught.value.code


def test_a_preview_names_exactly_the_clocks_that_then_move(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    case_in(hotline, "in_callback")
    sealed = case_in(hotline, "in_progress")
    Case.objects.filter(number=sealed).update(confidentiality="restricted")
    shown = days.preview(FRIDAY, works=False, name="停休")
    assert not OwnDay.objects.exists()

    declare(hotline)
    moved = recount_if_changed()

    assert {row.clock: row.count for row in shown.rows} == {"answer": 1, "handle": 1}
    of_the_sealed = [kind for kind in kinds(sealed) if kind == "clock_recounted"]
    assert moved == shown.count + len(of_the_sealed)
    assert of_the_sealed, "what is kept apart is in no number, and moves all the same"
    assert last_day(clock_of(look(number), "answer")) == "2021-03-10"
    assert sound(number) == []


def test_the_worker_counts_before_it_sweeps_and_once_more_after(
    hotline: SmallCity, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)  # the test's own
    number = case_in(hotline, "in_progress")
    at("2021-03-09 20:00")
    declare(hotline, date(2021, 3, 9))
    assert not services.is_counted()
    at("2021-03-10 00:30")

    work()

    assert (services.is_counted(), clock_of(look(number), "answer").late) == (True, False)
    assert services.to_count() == 1, "once more, for what another process still counted by the calendar before"
    work()
    assert services.to_count() is None
    assert kinds(number).count("clock_recounted") == 2


def test_a_change_during_a_count_is_counted_again() -> None:
    services.set_own_day(FRIDAY, works=False, name="停休", source="文件")
    first = services.to_count()
    assert first is not None
    services.set_own_day(SATURDAY, works=True, name="上班", source="文件")

    services.counted(first)

    assert services.to_count() == 2
    assert Edition.objects.get().settled is False


def test_another_process_sees_a_change_after_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    before = services.calendar()
    OwnDay.objects.create(date=FRIDAY, works=False, name="停休", source="文件")
    Edition.objects.create(name=services.NAME, number=1)
    assert services.calendar() is before

    monkeypatch.setattr(services, "CHECK_SECONDS", -1.0)

    assert not services.calendar().works(FRIDAY)


def test_only_the_administrator_decides_about_days_to_come(hotline: SmallCity) -> None:
    for who in ("operator", "supervisor", "leader", "security_officer", "auditor", "stranger"):
        assert refusal(who, hotline, FRIDAY) == "not_allowed"
    assert refusal("administrator", hotline, date(2021, 3, 1)) == "past_day"
    assert refusal("administrator", hotline, SATURDAY) == "no_change"
    assert refusal("administrator", hotline, FRIDAY, seen="another") == "changed_since"

    declare(hotline)
    entry = Entry.objects.get()
    assert (entry.action, entry.subject, entry.reason) == ("declare_day", "day:2021-03-05", "界政办〔2021〕5号")


def test_a_decision_is_withdrawn_and_clocks_go_back(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    before = clock_of(look(number), "answer").due_at
    declare(hotline)
    recount_if_changed()
    shown = days.preview_without(FRIDAY)

    days.withdraw(hotline.administrator, FRIDAY, reason="雪停了", seen=shown.seen)
    moved = recount_if_changed()

    assert (moved, clock_of(look(number), "answer").due_at) == (shown.count, before)
    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == ["declare_day", "withdraw_day"]
    with pytest.raises(HuiyinError) as caught:
        days.withdraw(hotline.administrator, FRIDAY, reason="再来", seen=services.calendar().version)
    assert caught.value.code == "no_own_day"


# The pages


def test_from_the_year_to_a_day_off_and_back_on_the_pages(hotline: SmallCity) -> None:
    case_in(hotline, "in_progress")
    browser = Client()
    browser.force_login(hotline.users["administrator"])
    year = browser.get("/offices/calendar/").content.decode()
    assert "/offices/calendar/2021-03-05/" in year
    assert "春节" in year
    given = {"works": "0", "name": "暴雪停休", "source": "界政办〔2021〕5号"}

    shown = browser.post("/offices/calendar/2021-03-05/", given | {"do": "preview"}).content.decode()
    assert "2021年3月10日 24:00" in shown
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen is not None
    done = browser.post("/offices/calendar/2021-03-05/", given | {"do": "declare", "seen": seen[1]})
    assert done["Location"] == "/offices/calendar/2021-03-05/?done=declared"
    page = browser.get("/offices/calendar/2021-03-05/?done=declared").content.decode()
    assert "朱守正" in page
    assert "后台正在重算" in page
    assert "时限正在重算" in browser.get("/offices/calendar/?year=2021").content.decode()

    shown = browser.post("/offices/calendar/2021-03-05/", {"do": "preview_without"}).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen is not None
    bare = browser.post("/offices/calendar/2021-03-05/", {"do": "withdraw", "seen": seen[1]})
    assert bare.status_code == 422
    done = browser.post("/offices/calendar/2021-03-05/", {"do": "withdraw", "seen": seen[1], "reason": "雪停了"})
    assert done["Location"].endswith("?done=withdrawn")
    assert not OwnDay.objects.exists()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"do": "preview"}, 422), ({"do": "declare", "works": "0", "name": "停", "source": "文"}, 409),
        ({"do": "preview", "works": "1", "name": "停", "source": "文"}, 409), ({"do": "withdraw", "reason": "试"}, 409),
        ({}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_comes_back_with_why(hotline: SmallCity, given: dict[str, str], status: int) -> None:
    browser = Client()
    browser.force_login(hotline.users["administrator"])

    assert browser.post("/offices/calendar/2021-03-05/", given).status_code == status
    assert not OwnDay.objects.exists()


def test_days_and_years_that_no_calendar_has_are_not_found(hotline: SmallCity) -> None:
    browser = Client()
    browser.force_login(hotline.users["operator"])
    for path in ("2021-02-30", "soon", "1066-01-01"):
        assert browser.get(f"/offices/calendar/{path}/").status_code == 404
    assert browser.get("/offices/calendar/?year=1066").status_code == 404
    assert browser.get("/offices/calendar/?year=2031").status_code == 200, "not known yet, and said so"
    assert browser.post("/offices/calendar/2021-03-05/", {"do": "preview"}).status_code == 403
