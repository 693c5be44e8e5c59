"""Who finds what: as much as they may know of, no more, and nothing that is shut, erased or only redacted later."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client

from huiyin.access.actor import ANONYMOUS, Actor, requester
from huiyin.cases.enums import Allegation
from huiyin.cases.models import Case, Passage
from huiyin.cases.services.act import act
from huiyin.cases.services.erase import ask, erase
from huiyin.cases.services.reread import reread
from huiyin.kernel import clock
from huiyin.search import index
from huiyin.search.find import Narrowed, Page, find
from huiyin.search.find import found as found_in
from huiyin.search.models import Indexed
from huiyin.search.query import term_of
from huiyin.search.sources import Document
from huiyin.search.words import wanted
from tests.conftest import SetClock
from tests.factories.cases import case_in, take, take_in, walk
from tests.personas import SmallCity
from tests.web.conftest import As

pytestmark = pytest.mark.django_db


def numbers(page: Page) -> list[str]:
    return [hit.shown.facts[0] for hit in page.hits]


def found(actor: Actor, typed: str, **narrowed: object) -> list[str]:
    """The numbers of the matters found, after the worker's round."""
    index.catch_up()
    return numbers(find(actor, typed, narrowed=Narrowed(**narrowed)))  # type: ignore[arg-type]


def test_the_desk_finds_words_of_matters_and_answers_the_newest_first(hotline: SmallCity, at: SetClock) -> None:
    lamp = take_in(hotline, title="路灯不亮", body="东城路的路灯坏了三天")
    at("2021-03-03 09:30")
    bus = case_in(hotline, "dispatched", title="公交车不停靠", body="路灯下的站台没有人管")

    assert found(hotline.operator, "路灯") == [bus, lamp]
    assert found(hotline.operator, "路灯 三天") == [lamp]
    assert found(hotline.operator, lamp) == [lamp]


def test_what_the_requester_was_told_is_found_as_an_answer(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress", title="公交车不停靠")
    take(hotline, number, "transport_clerk", "complete", claim="solved", reply="已增设临时站牌", evidence="内部底稿")
    index.catch_up()
    page = find(hotline.transport_clerk, "站牌")

    assert [(hit.kind, hit.shown.facts[0]) for hit in page.hits] == [("reply", number)]
    assert [piece.text for piece in page.hits[0].text if piece.hit] == ["站牌"]
    assert found(hotline.transport_clerk, "底稿") == []
    assert found(hotline.transport_clerk, "站牌", kinds=frozenset({"case"})) == []


def test_nobody_finds_what_they_may_not_know_of(hotline: SmallCity) -> None:
    number = case_in(hotline, "dispatched", title="公交车不停靠")

    assert found(hotline.transport_clerk, "公交") == [number]
    for who in (hotline.housing_clerk, hotline.stranger, hotline.auditor, ANONYMOUS, requester(number)):
        assert found(who, "公交") == []


def test_whoever_it_is_kept_from_by_name_does_not_find_it(hotline: SmallCity) -> None:
    number = take_in(hotline, title="公交车不停靠")
    take(hotline, number, "operator", "accept", named=["transport_clerk"])
    take(hotline, number, "dispatcher", "dispatch", lead="transport", ground_text="x")

    assert found(hotline.transport_clerk, "公交") == []
    assert found(hotline.transport_head, "公交") == [number]


@pytest.mark.parametrize("allegation", [Allegation.CONDUCT, Allegation.WRONGDOING])
def test_what_is_kept_shut_is_never_found_by_words(hotline: SmallCity, allegation: Allegation) -> None:
    take_in(hotline, title="公交司机骂人", allegation=allegation, respondent_unit="transport")

    for who in hotline.everyone():
        assert found(who, "公交") == []
    assert not Indexed.objects.filter(kind="case").exists()


def test_what_becomes_shut_is_not_found_even_before_the_worker_comes(hotline: SmallCity) -> None:
    number = case_in(hotline, "dispatched", title="公交车不停靠")
    assert found(hotline.operator, "公交") == [number]

    take(
        hotline, number, "dispatcher", "raise_allegation", allegation="conduct", respondent_unit="transport", reason="x"
    )

    assert numbers(find(hotline.operator, "公交")) == numbers(find(hotline.transport_clerk, "公交")) == []
    index.catch_up()
    assert not Indexed.objects.filter(kind="case").exists()


def test_what_was_erased_is_gone_from_the_index_at_once(hotline: SmallCity) -> None:
    number = case_in(hotline, "closed", title="公交车不停靠")
    assert number in found(hotline.operator, "公交")
    key = Case.objects.get(number=number).pk

    ask(actor=hotline.operator, cases=[key], rule="request")
    erase(actor=hotline.supervisor, cases=[key])

    assert not Indexed.objects.filter(key=str(key)).exists()
    assert found(hotline.operator, "公交") == []


def test_no_name_or_telephone_is_found(hotline: SmallCity) -> None:
    take_in(hotline, title="路灯不亮", body="我叫王建国，电话13900000001，请联系王建国")
    assert found(hotline.operator, "路灯")
    Passage.objects.filter(reread=False).exclude(text="").update(reread=False)

    reread()

    for typed in ("王建国", "建国", "13900000001", '"王建国"'):
        assert found(hotline.operator, typed) == []
    assert not Indexed.objects.filter(body__contains="13900000001").exists()


def test_a_search_is_narrowed_by_kind_state_place_and_time(hotline: SmallCity, at: SetClock) -> None:
    early = take_in(hotline, title="路灯不亮")
    at("2021-03-05 09:30")
    late = case_in(hotline, "closed", title="路灯又不亮")
    index.catch_up()
    client = Client()
    client.force_login(hotline.users["operator"])

    def shown(query: str) -> list[str]:
        page = client.get(f"/desk/search/?q=路灯&{query}").content.decode()
        return [number for number in (early, late) if number in page]

    assert shown("") == [early, late]
    assert shown("phase=open") == [early]
    assert shown("phase=closed") == [late]
    assert shown("until=2021-03-03") == [early]
    assert shown("since=2021-03-04") == [late]
    assert shown("kind=praise") == []
    assert shown("kind=nonsense&area=nowhere&since=soon&below=x&sort=none") == [early, late]


def test_pages_lead_on_to_older_ones(hotline: SmallCity) -> None:
    there = [take_in(hotline, title="路灯不亮") for _ in range(5)]
    index.catch_up()
    told: list[str] = []
    below = 0
    while True:
        page = find(hotline.operator, "路灯", below=below, limit=2)
        told += numbers(page)
        below = page.below
        if not below:
            break

    assert sorted(told) == sorted(there)


@pytest.mark.parametrize(
    ("persona", "kinds", "keys"),
    [
        ("operator", [], {"ours", "theirs", "article"}),
        ("transport_clerk", [], {"ours", "article"}),
        ("transport_clerk", ["article"], {"article"}),
        ("operator", ["case"], {"ours", "theirs"}),
        ("auditor", [], set()),
    ],
)
def test_the_index_is_asked_for_no_more_than_the_actor_may_find(
    hotline: SmallCity, persona: str, kinds: list[str], keys: set[str]
) -> None:
    """As the index has it: before the record is asked, so without anybody's second look."""

    def put(kind: str, key: str, *who: str) -> None:
        index.put([Document(kind, key, clock.now(), "路灯不亮", "", frozenset(who))])

    put("case", "ours", term_of("u", "transport"))
    put("case", "theirs", term_of("u", "housing"))
    put("case", "kept", term_of("u", "transport"), *(term_of("b", who.key) for who in hotline.everyone()))
    put("article", "article")
    put("letter", "public")
    put("unit", "unit")
    sought = wanted("路灯")
    assert sought is not None

    rows = found_in(getattr(hotline, persona), sought, narrowed=Narrowed(frozenset(kinds))).rows

    assert {row.key for row in rows} == keys


def test_units_and_places_are_found_by_initials_and_lead_to_their_lists(hotline: SmallCity, signed_in: As) -> None:
    index.catch_up()
    page = find(hotline.operator, "jtj", first=True)
    page = page if page.hits else find(hotline.operator, "交通", first=True)

    assert page.hits[0].shown.url == "/desk/?view=all&unit=transport"
    shown = signed_in("operator").get("/desk/search/?q=交通").content.decode()
    assert "view=all&amp;unit=transport" in shown
    assert find(hotline.auditor, "交通", first=True).hits == ()


def test_the_page_says_what_it_looks_for_and_shows_no_telephone(hotline: SmallCity, signed_in: As) -> None:
    number = take_in(hotline, title="路灯<b>不亮")
    operator = signed_in("operator")

    assert "还没有收全" in operator.get("/desk/search/?q=路灯").content.decode()
    index.catch_up()
    page = operator.get("/desk/search/?q=路灯").content.decode()
    assert (number in page, "<mark>路灯</mark>&lt;b&gt;不亮" in page, "没有收全" in page) == (True, True, False)
    assert "没有找到" in operator.get("/desk/search/?q=没有这样的").content.decode()
    phone = operator.get("/desk/search/?q=13900000001").content.decode()
    assert ('value="13900000001"' in phone, "不放在网址里" in phone) == (False, True)
    led = operator.post("/desk/search/", {"q": "路灯", "everywhere": "1"})
    assert led["Location"] == "/desk/search/?q=%E8%B7%AF%E7%81%AF"
    assert signed_in("stranger").get("/desk/search/?q=路灯").status_code == 200


def test_the_page_says_when_the_worker_has_stopped(hotline: SmallCity, signed_in: As, at: SetClock) -> None:
    index.catch_up()
    at("2021-03-02 10:30")

    assert "后台没有在收录" in signed_in("operator").get("/desk/search/?q=路灯").content.decode()


def test_what_a_search_costs_does_not_grow(
    hotline: SmallCity, django_assert_max_num_queries: "pytest.FixtureRequest"
) -> None:
    for _ in range(4):
        take_in(hotline, title="路灯不亮")
    index.catch_up()

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert len(find(hotline.operator, "路灯").hits) == 4


def test_the_shell_finds_and_makes_the_index_anew(hotline: SmallCity) -> None:
    from huiyin.cli.search import command

    number = take_in(hotline, title="路灯不亮")
    made = CliRunner().invoke(command, ["rebuild"])
    told = CliRunner().invoke(command, ["路灯", "--json"])

    assert made.exit_code == told.exit_code == 0
    assert [one["facts"][0] for one in json.loads(told.stdout)] == [number]
    assert "nothing found" in CliRunner().invoke(command, ["没有这样的"]).output


def test_a_unit_finds_it_from_when_it_has_a_part_in_it(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress", title="公交车不停靠")
    assert found(hotline.housing_clerk, "公交") == []
    act(actor=hotline.dispatcher, number=number, action="add_assist", given={"assist": ["housing"]})
    assert found(hotline.housing_clerk, "公交") == [number]
    walk(hotline, number, "report_help", "complete")
    assert number in found(hotline.housing_clerk, "公交")


@pytest.mark.parametrize("narrowed", ["since=2100-01-01", "since=0001-01-01", "until=9999-12-31", "until=2068-01-01"])
def test_days_far_off_narrow_nothing(hotline: SmallCity, signed_in: As, narrowed: str) -> None:
    number = take_in(hotline, title="路灯不亮")
    index.catch_up()

    page = signed_in("operator").get(f"/desk/search/?q=路灯&{narrowed}")

    assert (page.status_code, number in page.content.decode()) == (200, True)
