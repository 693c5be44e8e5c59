"""An accusation: whoever is accused looks for it by every door and finds what somebody finds who looks for nothing."""

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access import tokens
from huiyin.audit.models import Entry
from huiyin.cases import echo, feed, joins, queries, similar, worklists
from huiyin.cases.enums import Channel, Confidentiality
from huiyin.cases.models import Reading
from huiyin.cases.services import gather
from huiyin.cases.services.callers import matters_of
from huiyin.cases.services.open import Requester
from huiyin.cases.services.reveal import reveal
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock, ids
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from huiyin.notices.models import Notice
from huiyin.papers.models import Paper
from huiyin.reports import facts
from huiyin.search import index
from huiyin.search.models import Indexed
from tests.conftest import SetClock
from tests.factories.cases import kinds, look, sound, take
from tests.petitions.world import Bureau

pytestmark = pytest.mark.django_db

ACCUSED = ("transport_clerk", "transport_head")
OUT = (
    *ACCUSED, "operator", "dispatcher", "supervisor", "leader", "petition_officer", "petition_chief", "petition_clerk",
    "administrator", "security_officer", "auditor", "housing_head",
)  # fmt: skip
NOT_THERE = ids.case_number(date(2023, 3, 7), 999)
ONCE = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|nonce-\w+|value="[0-9a-f-]{20,}"|/calendar/[^"]+')
"""What a page shows but once: tokens, and signed addresses."""
SOUGHT = "好处费"
WORDS = "王局长收了施工单位的好处费"


def accuse(bureau: Bureau, **over: Any) -> str:
    """An accusation against the transport bureau, as the petition desk takes it in."""
    said = {"body": WORDS, "petition_kind": "accusation", "channel": Channel.LETTER, "respondent_unit": "transport"}
    return bureau.register(**(said | over))


def everything_shown(client: Client) -> Iterable[str]:
    """Every list and count that somebody signed in can call up, exports with them."""
    for address in (
        "/desk/",
        "/desk/?view=all",
        "/desk/?view=open",
        f"/desk/?view=all&q={SOUGHT}",
        "/desk/echo/",
        "/board/",
        "/desk/figures/",
    ):
        yield client.get(address, follow=True).content.decode()
    got = client.get("/desk/export/?view=all")
    if got.streaming:
        yield b"".join(got.streaming_content).decode()  # type: ignore[attr-defined]


LATER = (
    f"/desk/search/?q={SOUGHT}", "/desk/search/?q=王局长", "/desk/hot-issues/", "/desk/hot-issues/export/?status=found",
    "/desk/knowledge/", f"/desk/knowledge/?q={SOUGHT}", "/desk/receptions/", "/desk/receptions/figures/",
    "/desk/disputes/", "/desk/disputes/?format=csv&list=found", "/desk/villages/", "/desk/petitions/backlog/",
    "/desk/cockpit/calls/", "/open311/v2/requests.json", f"/answers/?q={SOUGHT}", "/api/v1/cases",
    "/api/v1/views", "/api/v1/echo", "/api/v1/receptions/carried", "/api/v1/disputes/sweeps",
    "/api/v1/petitions/backlog", "/api/v1/events",
)  # fmt: skip
MOVES_ON = {"/api/v1/events"}
"""Its cursor goes on with every event of the city, so that only its events are compared."""
"""Doors that came after the first lists: each answers the same before and after, whatever that is."""


def worker() -> None:
    """What runs behind: reading for the index and for what many people say."""
    gather.work()
    index.catch_up()
    facts.forget()


def plain(page: str) -> str:
    """A page without what differs each time it is asked for."""
    return ONCE.sub("", page)


def test_who_knows_of_it(bureau: Bureau) -> None:
    number = accuse(bureau)
    assert look(number).case.confidentiality == Confidentiality.SEALED
    assert queries.find(bureau.city.case_officer, number)
    for who in OUT:
        with pytest.raises(NotFound):
            queries.find(bureau.actor(who), number)


@pytest.mark.parametrize("who", OUT)
def test_no_list_count_or_export_differs_by_it(bureau: Bureau, client: Client, who: str) -> None:
    bureau.walk(bureau.register(), "forward")
    client.force_login(bureau.city.users[who])
    facts.forget()
    before = [plain(page) for page in everything_shown(client)]

    number = accuse(bureau)
    facts.forget()
    after = [plain(page) for page in everything_shown(client)]

    assert after == before
    assert number not in "".join(after)


@pytest.mark.parametrize("who", ["transport_head", "operator", "governance_officer"])
def test_no_search_hot_issue_knowledge_call_feed_or_open_data_differs_by_it(
    bureau: Bureau, client: Client, who: str
) -> None:
    client.force_login(bureau.city.users[who])
    token = {"Authorization": f"Bearer {tokens.issue(bureau.city.users[who], 'probe')}"}
    bureau.walk(bureau.register(), "forward")

    def asked() -> dict[str, tuple[int, str]]:
        worker()
        got = {way: client.get(way, headers=token if way.startswith("/api/") else {}) for way in LATER}
        return {way: (one.status_code, plain(b"".join(one).decode())) for way, one in got.items()} | {
            "events": (200, str(got["/api/v1/events"].json()["events"]))
        }

    before = asked()
    number = accuse(bureau, requester=Requester("何立秋", "13900000009"))
    after = asked()

    assert {way for way in after if after[way] != before[way]} <= MOVES_ON
    assert number not in str(after)
    actor = bureau.actor(who)
    assert similar.near_text(actor, WORDS, WORDS, None) == []
    if who == "operator":
        assert matters_of(actor=actor, phone="13900000009") == []
    assert not Reading.objects.filter(case__number=number).exists()
    kept = Indexed.objects.filter(kind="case")
    assert kept.count() == 1  # the open petition is there
    assert not kept.filter(key=str(look(number).case.pk)).exists()


@pytest.mark.parametrize("who", ACCUSED)
def test_no_address_answers_otherwise_than_for_a_number_never_given(bureau: Bureau, client: Client, who: str) -> None:
    number = accuse(bureau)
    client.force_login(bureau.city.users[who])
    token = {"Authorization": f"Bearer {tokens.issue(bureau.city.users[who], 'probe')}"}
    paper = "01a21342-af5a-7315-9345-cca95d033f77"
    ways: list[tuple[str, Callable[[str], Any]]] = [
        ("page", lambda n: client.get(f"/desk/{n}/")),
        ("act", lambda n: client.post(f"/desk/{n}/do/step_aside/", {"version": "1"})),
        ("contact", lambda n: client.post(f"/desk/{n}/contact/", {"reason": "核实情况"})),
        ("papers", lambda n: client.get(f"/desk/{n}/papers/{paper}/pdf/")),
        ("register", lambda n: client.post("/desk/petitions/new/", {"first_from": n})),
        ("find", lambda n: client.get(f"/desk/find/?number={n}", follow=True)),
        ("api", lambda n: client.get(f"/api/v1/cases/{n}", headers=token)),
        ("receipts", lambda n: client.get(f"/api/v1/cases/{n}/receipts", headers=token)),
    ]
    for name, ask in ways:
        ask(NOT_THERE)
        told = []
        for wanted in (number, NOT_THERE):
            with CaptureQueriesContext(connection) as taken:
                got = ask(wanted)
            asked = [one for one in taken.captured_queries if "org_revision" not in one["sql"]]
            told.append((got.status_code, plain(got.content.decode()).replace(wanted, ""), len(asked)))
        assert told[0] == told[1], name


def test_no_repeat_link_search_or_number_names_it(bureau: Bureau) -> None:
    number = accuse(bureau, requester=Requester("何立秋", "13900000001", address="西城街道1号"))
    other = bureau.register()
    for who in ("petition_officer", "operator", "transport_head"):
        actor = bureau.actor(who)
        assert number not in {one.case.number for one in joins.alike(actor, look(other).case, clock.now())}
        assert queries.known_numbers(actor, [number]) == []
    with pytest.raises(BadInput) as linked:
        bureau.do(other, "link_repeat", earlier=number)
    with pytest.raises(BadInput) as absent:
        bureau.do(other, "link_repeat", earlier=NOT_THERE)
    said = [str(e.value.fields[0].message).replace(n, "") for e, n in ((linked, number), (absent, NOT_THERE))]
    assert said[0] == said[1]
    with pytest.raises(BadInput):
        bureau.register(first_from=number)


def test_nobody_of_the_accused_hears_of_it_not_even_when_it_is_late(bureau: Bureau, at: SetClock) -> None:
    number = accuse(bureau)
    take(bureau.city, number, "case_officer", "take_over")
    at("2023-05-30 09:00")
    sweep()

    heard = {notice.recipient_key for notice in Notice.objects.filter(case_number=number)}
    assert heard <= {"unit:discipline", "unit:petitions"} | {key for key in heard if key.startswith("party:")}
    assert "clock_breached" in kinds(number)
    texts = "".join(f"{n.subject}{n.body}" for n in Notice.objects.exclude(recipient_key__startswith="party:"))
    assert WORDS not in texts
    assert sound(number) == []


def test_no_feed_figure_or_public_count_has_it(bureau: Bureau) -> None:
    number = accuse(bureau)
    facts.forget()
    for who in OUT:
        actor = bureau.actor(who)
        with suppress(NotAllowed):  # of whoever reads no matters at all
            assert number not in {event.number for event in feed.page(actor).events}
        assert sum(worklists.counts(actor, worklists.views(actor)).values()) == 0
    assert number not in {event.number for event in feed.page(bureau.city.case_officer).events}
    assert sum(line.total for line in echo.everything()) == 0


def test_a_petition_that_turns_out_to_be_one_takes_its_papers_out_of_sight(bureau: Bureau, client: Client) -> None:
    number = bureau.register()
    bureau.walk(number, "forward", "accept")
    key = Paper.objects.filter(subject=number).latest("seq").pk
    client.force_login(bureau.city.users["transport_head"])
    assert client.get(f"/desk/{number}/papers/{key}/").status_code == 200

    bureau.do(number, "seal", who="petition_officer", lead="discipline", respondent_unit="transport", reason="反映收钱")

    assert client.get(f"/desk/{number}/papers/{key}/").status_code == 404
    assert client.get(f"/desk/{number}/papers/{key}/pdf/").status_code == 404
    assert sound(number) == []


def test_the_accused_body_never_examines_it_nor_does_one_below(bureau: Bureau) -> None:
    number = accuse(bureau, respondent_unit="discipline")
    with pytest.raises(NotFound):
        queries.find(bureau.city.case_officer, number)
    open_one = bureau.register()
    for lead in ("transport", "housing"):
        with pytest.raises(Refused) as caught:
            bureau.do(
                open_one, "seal", who="petition_officer", lead=lead, respondent_unit="transport", reason="反映收钱"
            )
        assert caught.value.code == "examining_body_only"


def test_whoever_has_an_interest_steps_aside_and_is_out_of_it(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, "forward")

    bureau.do(number, "step_aside", who="transport_clerk", reason="与信访人是亲属")

    with pytest.raises(NotFound):
        queries.find(bureau.city.transport_clerk, number)
    assert queries.find(bureau.city.transport_head, number)
    bureau.do(number, "bar", who="petition_chief", people=["transport_head", "county_head"], reason="有利害关系")
    told = look(number)
    assert told.case.tally["deserted"] == ["transport"]
    assert bureau.do(number, "take_back", who="petition_officer", reason="改派").case.state == "registered"
    assert sound(number) == []


def test_every_look_at_an_accusation_is_on_the_auditors_page(bureau: Bureau, client: Client) -> None:
    number = accuse(bureau, requester=Requester("何立秋", "13900000001"))
    officer = bureau.city.case_officer
    client.force_login(bureau.city.users["case_officer"])
    assert client.get(f"/desk/{number}/").status_code == 200
    reveal(actor=officer, number=number, reason="verify")
    with pytest.raises((NotFound, NotAllowed)):
        reveal(actor=bureau.city.transport_head, number=number, reason="verify")

    read, entry = Entry.objects.filter(subject=number).order_by("id")
    assert (read.actor, read.action) == (officer.key, "read_accusation")
    assert (entry.actor, entry.action) == (officer.key, "reveal_contact")
    assert json.loads(entry.detail)["because"] == "verify"
    client.force_login(bureau.city.users["auditor"])
    page = client.get("/offices/audit/").content.decode()
    assert number in page
    assert WORDS not in page
