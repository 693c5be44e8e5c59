"""The pages: without script, with what is wrong beside its field, and for whom they open."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiyin.access import tokens
from huiyin.audit.models import Entry
from huiyin.cases.models import Case
from huiyin.engagements.models import Activity, Booking, Occasion, Visit
from huiyin.receptions import activities, planning, receiving
from huiyin.receptions.counted import FIGURES
from huiyin.receptions.models import Carry, Receiver
from huiyin.receptions.web import feeds, figures
from tests.conftest import SetClock
from tests.receptions.test_carrying import done
from tests.receptions.world import ON_THE_DAY, World, assigned, carried, said

pytestmark = pytest.mark.django_db
BOOKING = {"name": "何立秋", "phone": "13900000001", "persons": "2", "words": "公交车不停。", "key": "k" * 22}


def as_(world: World, who: str) -> Client:
    browser = Client()
    browser.force_login(world.city.users[who])
    return browser


def test_a_citizen_books_looks_it_up_and_cancels_without_an_account(world: World) -> None:
    browser, key = Client(), world.occasion.pk
    page = browser.get("/receptions/").content.decode()
    assert f"/receptions/{key}/book/" in page
    assert "韩明远" in page

    wrong = browser.post(f"/receptions/{key}/book/", {**BOOKING, "phone": ""})
    assert (wrong.status_code, "公交车不停。" in wrong.content.decode()) == (422, True)
    got = browser.post(f"/receptions/{key}/book/", BOOKING, follow=True)
    code = re.findall(r'<p class="hy-big hy-number">(\w+)</p>', got.content.decode())[0]
    booking = Booking.objects.get()
    assert booking.persons == 2

    other = Client()
    mine = reverse("receptions:mine", args=[booking.pk])
    assert other.get(mine).headers["Location"] == "/receptions/booking/"
    assert other.post("/receptions/booking/", {"code": "WRONGCODE7"}).status_code == 422
    assert other.post("/receptions/booking/", {"code": code}).headers["Location"] == mine
    assert "公交车不停。" in other.get(mine).content.decode()
    assert code not in other.get(mine).content.decode()
    other.post(mine, {"do": "cancel", "reason": "有事"})
    booking.refresh_from_db()
    assert (booking.state, booking.reason) == ("cancelled", "有事")
    assert other.post(mine, {"do": "cancel"}).status_code == 409


def test_a_secretary_plans_publishes_moves_and_closes(world: World, at: SetClock) -> None:
    browser = as_(world, "reception_secretary")
    plan = {
        "host": "deputy", "mode": "open_door", "day": "2021-09-16", "begins": "09:00", "ends": "11:30",
        "place": "二号室", "capacity": "3", "minutes": "30", "do": "plan",
        "companions": "交通局、界首市住房和城乡建设局",
    }  # fmt: skip
    assert browser.post("/desk/receptions/new/", {**plan, "day": "2021-09-03"}).status_code == 422
    assert browser.post("/desk/receptions/new/", {**plan, "companions": "没有的局"}).status_code == 422
    there = browser.post("/desk/receptions/new/", plan).headers["Location"]
    row = Occasion.objects.get(host__username="deputy")
    assert {one.unit_id for one in row.companions.all()} == {"transport", "housing"}

    browser.post(there, {"do": "publish"})
    moved = browser.post(there, {**plan, "do": "move", "day": "2021-09-17", "reason": ""})
    assert moved.status_code == 422
    moved = browser.post(there, {**plan, "do": "move", "day": "2021-09-17", "reason": "会议"})
    assert moved.status_code == 302
    assert browser.post(there, {"do": "cancel", "reason": "再取消"}).status_code == 409
    later = moved.headers["Location"]
    at("2021-09-17 12:00")
    assert "没有接访" in browser.get(later).content.decode()
    browser.post(later, {"do": "held"})
    assert Occasion.objects.get(pk=later.split("/")[-2]).stage == "held"
    assert set(Entry.objects.values_list("action", flat=True)) >= {
        "plan_reception",
        "move_reception",
        "close_reception",
    }


def test_a_month_is_planned_by_the_rule(world: World) -> None:
    browser = as_(world, "reception_secretary")
    page = browser.get("/desk/receptions/by-rule/?month=2021-09").content.decode()
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
    assert len(chosen) == 2

    got = browser.post("/desk/receptions/by-rule/", {"month": "2021-09", "chosen": chosen}, follow=True)

    assert "已安排2场" in got.content.decode()
    assert "没有要补排的" in browser.get("/desk/receptions/by-rule/?month=2021-09").content.decode()


def test_a_leader_writes_a_visit_down_and_the_code_is_shown_once(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    browser, turn = as_(world, "leader"), reverse("receptions:turn", args=[booked.booking.pk])
    page = browser.get(turn).content.decode()
    assert "何**" in page
    assert "13900000001" not in page
    assert "13900000001" in browser.post(turn, {"do": "reveal", "reason": "电话确认"}).content.decode()
    assert browser.post(turn, {"do": "reveal", "reason": ""}).status_code == 422
    record = {"do": "record", "outcome": "carried", "words": "由我包案。", "persons": "1", "unit": "", "kind": "help"}
    wrong = browser.post(turn, record)
    assert (wrong.status_code, "请选择承办单位" in wrong.content.decode()) == (422, True)

    got = browser.post(turn, {**record, "unit": "交通局", "due_on": "2021-09-30"}, follow=True)

    carry = Carry.objects.select_related("case").get()
    assert carry.case.number in got.content.decode()
    assert "查询码" in got.content.decode()
    assert "查询码" not in browser.get(turn).content.decode()
    assert browser.post(turn, record | {"unit": "交通局", "due_on": "2021-09-30"}).status_code == 409
    case = browser.get(reverse("cases:case", args=[carry.case.number])).content.decode()
    assert f"/desk/receptions/carried/{carry.pk}/" in case
    assert turn in case


def test_an_accusation_is_shown_once_and_then_out_of_sight(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    browser, turn = as_(world, "reception_secretary"), reverse("receptions:turn", args=[booked.booking.pk])
    told = {"do": "record", "outcome": "answered", "words": "收钱", "persons": "1", "allegation": "wrongdoing",
            "respondent_unit": "交通局"}  # fmt: skip

    page = browser.post(turn, told).content.decode()

    number = re.findall(r"\d{6}-\d{6}-\d", page)[0]
    assert number not in browser.get(turn).content.decode()
    assert number not in browser.get(reverse("receptions:occasion", args=[world.occasion.pk])).content.decode()
    needed = as_(world, "transport_head")
    assert needed.get(turn).status_code == 404
    there = needed.get(reverse("receptions:occasion", args=[world.occasion.pk])).content.decode()
    assert ("还没有人预约" in there, "保密" in there) == (True, False)
    assert "0 / 3" in needed.get("/desk/receptions/").content.decode()
    assert "何" not in re.sub(r"任何|如何|为何", "", browser.get(turn).content.decode())


@pytest.mark.parametrize(
    "who", ["reception_secretary", "leader", "petition_officer", "petition_chief", "transport_head"]
)
def test_every_page_opens_for_who_reads_receptions(world: World, at: SetClock, who: str) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=booked.booking.pk, said=carried())
    activities.write(actor=world.secretary, done=done(numbers=(Carry.objects.get().case.number,)))
    browser = as_(world, who)
    names = [f"/desk/receptions/figures/{name}/" for name in FIGURES if who == "leader"]
    pages = [
        "/desk/receptions/", "/desk/receptions/?month=2021-10", "/desk/receptions/carried/?view=all",
        "/desk/receptions/activities/", "/desk/receptions/figures/", *names,
        reverse("receptions:occasion", args=[world.occasion.pk]), reverse("receptions:turn", args=[booked.booking.pk]),
        reverse("receptions:carry", args=[Carry.objects.get().pk]),
    ]  # fmt: skip
    if who != "transport_head":
        pages += ["/desk/receptions/leaders/", reverse("receptions:activity", args=[Activity.objects.get().pk])]

    assert {page: browser.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("who", ["operator", "transport_clerk", "auditor", "administrator", "stranger"])
def test_no_page_of_the_desk_opens_for_anybody_else(world: World, who: str) -> None:
    booked = world.book()
    browser = as_(world, who)
    pages = [
        "/desk/receptions/", "/desk/receptions/carried/", "/desk/receptions/figures/held/", "/desk/receptions/leaders/",
        reverse("receptions:occasion", args=[world.occasion.pk]), reverse("receptions:turn", args=[booked.booking.pk]),
        reverse("receptions:book-for", args=[world.occasion.pk]),
    ]  # fmt: skip

    assert {browser.get(page).status_code for page in pages} == {403}


def test_a_carried_matter_is_followed_up_and_handed_over_on_its_page(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=booked.booking.pk, said=carried())
    carry = Carry.objects.get()
    browser, page = as_(world, "reception_secretary"), reverse("receptions:carry", args=[carry.pk])
    at("2021-09-20 10:00")
    follow = {"do": "follow", "mode": "home", "day": "2021-09-20", "begins": "09:30", "place": "任寨村", "persons": "2",
              "words": "站牌还没有立。", "solved": "no"}  # fmt: skip
    assert browser.post(page, {**follow, "day": "2021-09-21"}).status_code == 422
    assert browser.post(page, follow).status_code == 302
    assert "当事人说还没有解决" in browser.get(page).content.decode()
    assert browser.post(page, {"do": "hand_over", "username": "deputy", "reason": ""}).status_code == 422
    there = browser.post(page, {"do": "hand_over", "username": "deputy", "reason": "分工调整"}).headers["Location"]

    browser.post(there, {**follow, "begins": "09:50", "solved": "yes"})

    assert Carry.objects.filter(solved_on=date(2021, 9, 20)).count() == 1
    assert "分工调整" in browser.get(page).content.decode()


def test_an_accusation_needs_no_record_and_a_second_click_shows_its_code_again(world: World, at: SetClock) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    browser, turn = as_(world, "reception_secretary"), reverse("receptions:turn", args=[booked.booking.pk])
    key = re.findall(r'name="key" value="([^"]+)"', browser.get(turn).content.decode())[0]
    told = {"do": "record", "outcome": "answered", "words": "", "persons": "1", "allegation": "wrongdoing",
            "respondent_unit": "交通局", "key": key}  # fmt: skip

    first, again = (re.findall(r'hy-big hy-number">([^<]+)<', browser.post(turn, told).content.decode()) for _ in "12")

    assert len(first) == 2
    assert again == first


def test_a_month_counts_the_turns_that_its_occasion_lists(world: World, at: SetClock) -> None:
    world.book()
    booked = world.book("13900000002")
    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=booked.booking.pk, said=assigned())
    for sealed, taken in (("open", "2 / 3"), ("sealed", "1 / 3")):
        Case.objects.update(confidentiality=sealed)
        browser = as_(world, "reception_secretary")
        assert taken in browser.get("/desk/receptions/?month=2021-09").content.decode()
        assert taken in browser.get(reverse("receptions:occasion", args=[world.occasion.pk])).content.decode()


def test_days_at_the_edge_of_the_calendar_are_no_fault_of_ours(world: World) -> None:
    browser = as_(world, "reception_secretary")
    months = [f"/desk/receptions/?month={text}" for text in ("9999-12", "0001-01", "2021-13")]
    spans = [f"/desk/receptions/figures/?from={one}&until={one}" for one in ("9999-12-31", "0001-01-01")]

    assert [browser.get(page).status_code for page in months + spans] == [200] * 3 + [422] * 2
    for who, day in (("deputy", "0001-01-01"), ("leader", "2020-12-31")):
        leave = {"do": "leave", "receiver": str(Receiver.objects.get(user__username=who).pk), "on": day}
        assert browser.post("/desk/receptions/leaders/", leave).status_code == 422


def test_lists_leave_as_files_and_the_audit_keeps_it(
    world: World, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = world.book()
    at(ON_THE_DAY)
    receiving.record(actor=world.secretary, key=booked.booking.pk, said=said())
    browser = as_(world, "leader")

    got = browser.get("/desk/receptions/figures/batches/?format=csv")
    text = b"".join(got.streaming_content).decode()  # type: ignore[attr-defined]
    assert "韩明远" in text
    assert "何立秋" not in text
    assert len(text.splitlines()) == 2
    sheet = browser.get("/desk/receptions/figures/held/?format=xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert browser.get("/desk/receptions/figures/held/?format=doc").status_code == 422
    assert browser.get("/desk/receptions/figures/nothing/").status_code == 404
    assert Entry.objects.filter(action="export_receptions").count() == 2
    monkeypatch.setattr(figures, "EXPORT_MOST", 0)
    cut = browser.get("/desk/receptions/figures/batches/?format=csv")
    assert "只导出了前0件" in b"".join(cut.streaming_content).decode()  # type: ignore[attr-defined]


def test_calendars_tell_times_and_places_and_no_names_of_who_comes(world: World, at: SetClock) -> None:
    world.book()
    hidden = planning.plan(actor=world.secretary, wanted=world.wanted())
    public = Client().get("/receptions/schedule.ics").content.decode()
    own = Client().get(feeds.address(world.city.users["leader"])).content.decode()

    assert public.count("BEGIN:VEVENT") == 1
    assert "DTSTART:20210915T010000Z" in public
    assert str(hidden.pk) not in public
    assert own.count("BEGIN:VEVENT") == 2
    assert "何立秋" not in own + public
    assert all(len(line.encode()) <= 75 for line in (own + public).split("\r\n"))
    needed = Client().get(feeds.address(world.city.users["transport_head"])).content.decode()
    assert needed.count("BEGIN:VEVENT") == 1
    assert Client().get(feeds.address(world.city.users["operator"])).status_code == 404
    assert Client().get("/receptions/calendar/forged.ics").status_code == 404

    planning.call_off(actor=world.secretary, key=world.occasion.pk, reason="出差")
    assert "STATUS:CANCELLED" in Client().get("/receptions/schedule.ics").content.decode()


def test_a_page_of_many_costs_as_many_statements_as_one_of_few(world: World) -> None:
    browser = as_(world, "reception_secretary")
    page = reverse("receptions:occasion", args=[world.occasion.pk])
    world.book()
    few = _statements(browser, page), _statements(browser, "/desk/receptions/"), _statements(Client(), "/receptions/")
    for n in (2, 3):
        world.book(f"1390000000{n}")
        planning.plan(actor=world.secretary, wanted=world.wanted(day=date(2021, 9, 20 + n)), publish=True)

    many = _statements(browser, page), _statements(browser, "/desk/receptions/"), _statements(Client(), "/receptions/")

    assert many == few
    assert Visit.objects.count() == 0


def _statements(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


def test_a_month_leaves_as_a_file_and_the_schedule_by_api(world: World, at: SetClock) -> None:
    world.book()
    secretary = as_(world, "reception_secretary")
    got = secretary.get("/desk/receptions/?month=2021-09&format=csv")
    text = b"".join(got.streaming_content).decode()  # type: ignore[attr-defined]
    assert "2021-09-15 09:00,韩明远" in text
    (shown,) = Client().get("/api/v1/receptions").json()
    assert (shown["leader"], shown["left"], shown["bookable"], "何立秋" in str(shown)) == ("韩明远", 2, True, False)
    heads = {"Authorization": f"Bearer {tokens.issue(world.city.users['reception_secretary'], 'probe')}"}
    (planned,) = Client().get("/api/v1/receptions/occasions", headers=heads).json()
    assert (planned["parties"], planned["capacity"]) == (1, 3)
    at(ON_THE_DAY)
    booking = Booking.objects.get()
    receiving.record(actor=world.secretary, key=booking.pk, said=carried())
    (held,) = Client().get("/api/v1/receptions/carried", headers=heads).json()
    assert (held["leader"], held["stands"], held["due_on"]) == ("韩明远", "going", "2021-09-30")
    clerk = {"Authorization": f"Bearer {tokens.issue(world.city.users['transport_clerk'], 'probe')}"}
    assert Client().get("/api/v1/receptions/carried", headers=clerk).status_code == 403


def test_the_board_says_who_receives_today(world: World, at: SetClock) -> None:
    world.book()
    assert planning.today(world.mayor) == []
    at(ON_THE_DAY)

    page = as_(world, "leader").get("/board/").content.decode()

    assert "今天接访" in page
    assert f"/desk/receptions/{world.occasion.pk}/" in page
    told = {
        who: planning.today(getattr(world.city, who)) for who in ("transport_head", "housing_head", "transport_clerk")
    }
    assert [len(rows) for rows in told.values()] == [1, 0, 0]  # needed there, not needed, no right


def test_a_month_and_how_often_read_well_in_english(world: World) -> None:
    browser = as_(world, "reception_secretary")
    browser.post("/language/", {"language": "en", "next": "/"})
    page = browser.get("/desk/receptions/?month=2021-09").content.decode()

    assert "Receptions in September 2021" in page
    assert "Once a month" in page
    assert "Once a quarter" in browser.get("/desk/receptions/leaders/").content.decode()
