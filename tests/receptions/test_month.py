"""A month of receptions through the pages alone: a secretary, two leaders and citizens, without script."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.cases.models import Case
from huiyin.engagements.models import Occasion
from huiyin.kernel import clock
from huiyin.receptions.models import Carry
from tests.conftest import SetClock
from tests.receptions.test_pages import as_
from tests.receptions.world import World

pytestmark = pytest.mark.django_db
MONTH = "from=2021-10-01&until=2021-10-31"


def book(row: Occasion, phone: str, words: str) -> tuple[Client, str]:
    """A citizen's browser after booking, and the code that it was told."""
    browser = Client()
    said = {"name": "何立秋", "phone": phone, "persons": "1", "words": words, "key": f"key-{phone}"}
    got = browser.post(f"/receptions/{row.pk}/book/", said, follow=True).content.decode()
    return browser, re.findall(r'<p class="hy-big hy-number">(\w+)</p>', got)[0]


def figures(browser: Client) -> dict[str, int]:
    """What the page says of the mayor's month, by the name of each list."""
    page = browser.get(f"/desk/receptions/figures/?{MONTH}").content.decode()
    found = re.findall(r'href="[^"]*figures/(\w+)/\?[^"]*leader=leader">(\d+)<', page)
    return {name: int(count) for name, count in found}


def plan(secretary: Client) -> tuple[dict[str, Occasion], dict[str, str]]:
    """October by the rule, published; the deputy's day is called off. Occasions and their pages by host."""
    rule = secretary.get("/desk/receptions/by-rule/?month=2021-10").content.decode()
    chosen = re.findall(r'name="chosen" value="([^"]+)"', rule)
    assert {one.split()[0] for one in chosen} == {"leader", "deputy", "renzhai_head"}
    secretary.post("/desk/receptions/by-rule/", {"month": "2021-10", "chosen": chosen})
    rows = {row.host.username: row for row in Occasion.objects.filter(begins_at__month=10).select_related("host")}
    pages = {who: reverse("receptions:occasion", args=[row.pk]) for who, row in rows.items()}
    for page in pages.values():
        secretary.post(page, {"do": "publish"})
    secretary.post(pages["deputy"], {"do": "cancel", "reason": "临时外出"})
    return rows, pages


def invite(secretary: Client, called_off: Occasion) -> None:
    """In its place somebody is invited for the afternoon, with the department that is needed."""
    wanted = {
        "host": "deputy", "mode": "invited", "day": f"{clock.local_date(called_off.begins_at)}", "begins": "15:00",
        "ends": "16:00", "place": called_off.place, "capacity": "2", "minutes": "30", "companions": "交通局",
        "do": "publish",
    }  # fmt: skip
    there = secretary.post("/desk/receptions/new/", wanted).headers["Location"]
    guest = {"name": "范广田", "phone": "13900000005", "persons": "1", "words": "约谈", "key": "invited"}
    secretary.post(f"{there}book/", guest)


def hold(secretary: Client, leader: Client, row: Occasion) -> None:
    """Three are received (answered, carried, assigned to a walk-in), one doesn't come."""
    on, page = clock.local_date(row.begins_at), reverse("receptions:occasion", args=[row.pk])
    guest = {"came": "1", "name": "辛秀兰", "phone": "13900000006", "persons": "2", "words": "当天来的", "key": "came"}
    came = secretary.post(f"{page}book/", guest).headers["Location"]
    turns = {one.turn: reverse("receptions:turn", args=[one.pk]) for one in row.bookings.exclude(state="cancelled")}
    record = {"do": "record", "words": "谈过了。", "persons": "1", "kind": "help"}
    order = {"unit": "交通局", "due_on": f"{on + timedelta(days=28)}"}
    leader.post(turns[0], record | {"outcome": "answered"})
    leader.post(turns[1], record | order | {"outcome": "carried"})
    leader.post(came, record | order | {"outcome": "assigned"})
    secretary.post(turns[2], {"do": "absent"})


def follow(leader: Client, carried: str, mode: str, day: date, solved: str) -> None:
    """The leader goes there."""
    told = {"do": "follow", "mode": mode, "day": f"{day}", "begins": "09:00", "place": "任寨村", "persons": "3"}
    leader.post(carried, told | {"words": "到现场。", "solved": solved})


def test_a_month_is_planned_booked_held_and_followed_up(world: World, at: SetClock) -> None:
    secretary, leader = as_(world, "reception_secretary"), as_(world, "leader")
    rows, _pages = plan(secretary)
    invite(secretary, rows["deputy"])
    row, on = rows["leader"], clock.local_date(rows["leader"].begins_at)

    at(f"{on - timedelta(days=7)} 10:00")
    schedule = Client().get("/receptions/").content.decode()
    assert ("临时外出" in schedule, f"/receptions/{row.pk}/book/" in schedule) == (True, True)
    book(row, "13900000001", "问路灯。")
    phone, code = book(row, "13900000002", "8路车不停靠。")
    other, _code = book(row, "13900000003", "不来了。")
    other.post(reverse("receptions:mine", args=[row.bookings.get(turn=2).pk]), {"do": "cancel", "reason": "有事"})
    book(row, "13900000003", "还是来。")  # the turn was given back, and is taken again

    at(f"{on} {clock.local(row.begins_at) + timedelta(minutes=90):%H:%M}")
    hold(secretary, leader, row)
    carry = Carry.objects.get()
    carried = reverse("receptions:carry", args=[carry.pk])
    at(f"{on + timedelta(days=3)} 18:00")
    follow(leader, carried, "taken_down", on + timedelta(days=3), "no")
    address = re.findall(r'/receptions/calendar/[^"<]+\.ics', leader.get("/desk/receptions/").content.decode())[0]
    assert carry.case.number in Client().get(address).content.decode()
    at(f"{on + timedelta(days=6)} 18:00")
    follow(leader, carried, "home", on + timedelta(days=6), "yes")
    assert carry.case.number not in Client().get(address).content.decode()
    phone.post("/receptions/booking/", {"code": code})
    own = reverse("receptions:mine", args=[row.bookings.get(turn=1).pk])
    phone.post(own, {"do": "rate", "solved": "yes", "satisfied": "yes"})

    carry.refresh_from_db()
    assert (carry.solved_on, "您说：事情解决了。" in phone.get(own).content.decode()) == (on + timedelta(days=6), True)
    assert {name: count for name, count in figures(secretary).items() if count} == {
        "planned": 1, "held": 1, "batches": 3, "persons": 3, "answered": 1, "assigned": 2, "carried": 1, "solved": 1,
        "followed": 2,
    }  # fmt: skip
    assert set(Case.objects.values_list("channel", "lead_unit", "closed_at")) == {("reception", "transport", None)}
