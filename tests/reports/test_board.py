"""The board: what waits for its reader, how the city does, and a list behind every number."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.cases import echo
from huiyin.cases.places import townships
from huiyin.metrics.definition import Unit
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.run import Tally
from huiyin.reports.board import COLUMNS, Part, ordered
from huiyin.webkit.charts import Given, bars, round_step
from tests.conftest import SetClock
from tests.factories.cases import case_in
from tests.personas import SmallCity
from tests.reports.test_figures import by_hand, value

pytestmark = pytest.mark.django_db

MARCH = "from=2021-03-01&until=2021-03-31"


def shown(client: Client, query: str = MARCH) -> str:
    answer = client.get(f"/board/?{query}")
    assert answer.status_code == 200
    return answer.content.decode().replace("&amp;", "&")


def part_of(page: str, heading: str) -> str:
    """From the heading of that id to the next section."""
    return page.split(f'id="{heading}"')[1].split("</section>", maxsplit=1)[0]


def test_every_number_opens_as_many_matters(hotline: SmallCity, spring: dict[str, list[str]], client: Client) -> None:
    client.force_login(hotline.users["leader"])
    page = shown(client)

    counts = re.findall(r'<a href="(/desk/figures/\w+/cases/\?[^"]*)">([\d,]+)</a>', page)
    assert len(counts) > 20
    for address, number in counts:
        assert f"共{number}件" in client.get(address).content.decode(), address
    for address, made in re.findall(r'<a href="(/desk/figures/\w+/cases/\?[^"]*)" title="([^"]*)">[\d.]+%', page):
        hits, whole = made.split(" ÷ ")
        assert f"共{whole}件" in client.get(address).content.decode(), address
        assert f"共{hits}件" in client.get(f"{address}&hit=1").content.decode(), address
    for address, number in re.findall(r'href="(/desk/\?view=[^"]*)">\s*(?:<strong>)?(\d+)<', page):
        assert client.get(address).content.decode().count("data-row=") == int(number), address


def test_the_headlines_are_the_figures_and_say_what_changed(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client, at: SetClock
) -> None:
    client.force_login(hotline.users["leader"])
    received = by_hand()["received"][0]
    hits, rated = value("callback_satisfaction")

    page = part_of(shown(client), "state")

    assert f"<span>收件数</span><strong>{received}</strong>" in page
    assert f"较前31天升{received}" in page, "nothing was received in the days before"
    assert f"<strong>{hits / rated * 100:.2f}%</strong>" in page
    assert f"{int(hits)} ÷ {rated}" in page
    assert "前期无可比" in page, "a rate of nothing"
    at("2021-05-02 10:00")
    april = part_of(shown(client, "from=2021-04-01&until=2021-05-01"), "state")
    assert f"较前31天降{received}" in april


def test_what_has_not_come_yet_is_compared_with_as_much_before(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client, at: SetClock
) -> None:
    client.force_login(hotline.users["leader"])
    at("2021-04-05 10:00")

    assert "较前5天" in shown(client, "from=2021-04-01&until=2021-06-30")
    assert "较前" not in part_of(shown(client, "from=2021-05-01&until=2021-06-30"), "state")


def test_whoever_leaves_a_matter_without_echo_stands_in_the_table_in_any_period(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client
) -> None:
    client.force_login(hotline.users["leader"])
    silent = echo.overview(hotline.leader)

    units = part_of(shown(client, "from=2020-01-01&until=2020-01-31"), "units")

    found = re.findall(r'href="/desk/\?view=echo&[^"]*">(\d+)<', units)
    assert sum(map(int, found)) == echo.total(silent) > 0


def test_the_course_adds_up_by_day_and_for_long_periods_by_month(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client
) -> None:
    client.force_login(hotline.users["leader"])
    received = by_hand()["received"][0]

    for query, steps in ((MARCH, 31), ("from=2021-01-01&until=2021-04-30", 4)):
        table = part_of(shown(client, query), "state").split("<tbody>")[1].split("</tbody>")[0]
        rows = re.findall(r"<tr><td class=.hy-nowrap.>([\d-]+)</td>(.*?)</tr>", table, re.DOTALL)
        assert len(rows) == steps
        first = [re.sub("<[^>]*>", " ", cells).split()[0] for _key, cells in rows]
        assert sum(int(count.replace(",", "")) for count in first) == received


def test_units_and_towns_are_compared_by_the_column_that_was_pressed(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client
) -> None:
    client.force_login(hotline.users["leader"])

    page = shown(client, f"{MARCH}&sort=callback_satisfaction")

    towns = part_of(page, "towns")
    assert 'aria-sort="ascending"' in towns
    assert "交通局" in part_of(page, "units")
    assert towns.count("<tr>") == 1 + len(townships()), "a town without a matter is there too"
    assert 'aria-sort="descending"' in part_of(shown(client, f"{MARCH}&sort=nonsense"), "towns")


def test_the_worst_comes_first_and_what_cannot_be_judged_last() -> None:
    def part(key: str | None, received: int, rate: float | None, of: int = 10) -> Part:
        counted = Tally(received, received, float(received))
        judged = Tally((rate or 0) * of, of if rate is not None else 0, rate)
        tallies = tuple(judged if DEFINITIONS[name].unit is Unit.RATE else counted for name in COLUMNS)
        return Part(key, key or "", key or "", tallies)

    parts = [part("/a/", 3, 0.5), part("/b/", 9, None), part("/c/", 5, 0.9), part(None, 99, 0.1), part("/d/", 7, 0.5)]

    assert [p.key for p in ordered(parts, "solution_rate")] == ["/d/", "/a/", "/c/", "/b/", None]
    assert ordered([part("/few/", 2, 0.0, of=9), *parts], "solution_rate")[3].key == "/few/", "too few to be compared"
    assert [p.key for p in ordered(parts, "received")] == ["/b/", "/d/", "/c/", "/a/", None]
    assert ordered(parts, "") == ordered(parts, "received")


def test_a_leader_begins_at_the_board_and_everybody_else_with_their_list(hotline: SmallCity, client: Client) -> None:
    for who, where in (("leader", "/board/"), ("transport_clerk", "/desk/"), ("supervisor", "/desk/")):
        account = hotline.users[who]
        account.set_password("a long phrase for once")
        account.save()
        answer = client.post("/sign-in/", {"username": account.username, "password": "a long phrase for once"})
        assert answer.headers["Location"] == where
        client.logout()


def test_a_unit_sees_its_own_and_those_who_read_no_cases_nothing(
    hotline: SmallCity, spring: dict[str, list[str]], client: Client
) -> None:
    client.force_login(hotline.users["housing_head"])
    own = shown(client)
    client.force_login(hotline.users["auditor"])

    assert client.get("/board/").status_code == 403
    assert "交通局" not in part_of(own, "units")
    assert "交通局" not in part_of(own, "state")


def test_an_empty_city_says_so_and_long_periods_cost_no_more_statements(
    hotline: SmallCity, client: Client, at: SetClock
) -> None:
    client.force_login(hotline.users["leader"])
    page = shown(client)

    assert "没有等您过问的事项" in page
    assert "这段时间没有可计的事项" in page
    assert 'class="hy-chart"' not in page
    with CaptureQueriesContext(
        connection,
    ) as few:
        shown(client)
    for _n in range(3):
        case_in(hotline, "in_progress")
    shown(client)
    with CaptureQueriesContext(connection) as more:
        shown(client)
    assert len(more) <= len(few) + 1


def test_a_town_that_does_not_exist_is_refused(hotline: SmallCity, client: Client) -> None:
    client.force_login(hotline.users["leader"])

    answer = client.get("/desk/figures/received/cases/?town=nowhere")

    assert answer.status_code == 422
    assert "没有这个地区" in answer.content.decode()


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 5), (25, 5), (26, 10), (980, 200)]
)
def test_lines_are_drawn_at_round_numbers(most: int, step: int) -> None:
    assert round_step(most) == step
    assert most <= step * 5


def test_bars_stand_on_the_floor_and_reach_what_they_count() -> None:
    drawn = bars(["a", "b"], [Given("1", "one", "#", (10, 0)), Given("2", "two", "#", (5, 7))])

    [[ten, nothing], [five, _seven]] = [slot.bars for slot in drawn.slots]
    assert (ten.y, ten.y + ten.height) == (drawn.top, drawn.floor)
    assert (nothing.height, five.height) == (0, ten.height / 2)
    assert drawn.slots[0].x + drawn.slots[0].width <= drawn.slots[1].x
    assert [mark.text for mark in drawn.ticks] == ["0", "2", "4", "6", "8", "10"]


def test_a_telephone_shows_few_steps_whole() -> None:
    few, many = (bars(["a"], [Given("1", "one", "#", (1,))] * n) for n in (2, 9))

    assert few.is_narrow
    assert few.slots[-1].x + few.slots[-1].width <= few.width < many.width
    assert not many.is_narrow
