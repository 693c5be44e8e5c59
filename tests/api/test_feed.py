"""The feed: each event once and in order, also when a transaction ends late."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.cases import feed
from huiyin.cases.enums import Allegation
from huiyin.cases.models import Case, Event
from huiyin.cases.services.act import act
from huiyin.cases.services.open import open_case
from huiyin.kernel.errors import BadInput, NotAllowed
from tests.api.callers import as_persona
from tests.factories.cases import Step, case_in, opening, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db(transaction=True)

POSTGRESQL = "postgresql"
SEALED = {"lead": "discipline", "respondent_unit": "transport", "reason": "举报收钱"}
LOWER = {"allegation": "service", "reason": "证据不足"}


FOREIGN = "FROM pg_stat_activity WHERE datname <> %s AND backend_xid::text::bigint < %s"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is the whole server's: what other test workers began before, in their own databases, is waited for."""
    if connection.vendor != POSTGRESQL:
        return
    settled = feed._settled

    def then() -> object:
        given = connection.settings_dict
        with psycopg.connect(
            host=given["HOST"], port=given["PORT"], user=given["USER"], dbname="postgres", autocommit=True
        ) as other:
            [[now]] = other.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
            patience = time.monotonic() + 120
            while other.execute(f"SELECT 1 {FOREIGN} LIMIT 1", (given["NAME"], now)).fetchone():
                assert time.monotonic() < patience
                time.sleep(0.01)
        return settled()

    monkeypatch.setattr(feed, "_settled", then)


def told(page: feed.Page) -> list[tuple[str, int]]:
    return [(event.number, event.seq) for event in page.events]


def follow(city: SmallCity, after: str = "", limit: int = 2) -> Iterator[feed.Page]:
    """The operator's pages until nothing more is there."""
    while True:
        page = feed.page(city.operator, after, limit)
        yield page
        after = page.cursor
        if not page.more:
            return


def test_each_event_comes_once_in_order_however_small_the_pages(hotline: SmallCity) -> None:
    first, second = take_in(hotline), take_in(hotline)
    walk(hotline, first, "accept")
    walk(hotline, second, "accept")
    walk(hotline, first, "dispatch")

    pages = list(follow(hotline))
    seen = [one for page in pages for one in told(page)]

    assert seen == [(first, 1), (second, 1), (first, 2), (second, 2), (first, 3)]
    assert told(feed.page(hotline.operator)) == seen
    end = pages[-1].cursor
    assert feed.page(hotline.operator, end) == feed.Page([], end, more=False)
    assert feed.page(hotline.operator, feed.NOW) == feed.Page([], end, more=False)
    walk(hotline, second, "dispatch")
    [event] = feed.page(hotline.operator, end).events
    assert (event.number, event.seq, event.kind, event.origin, event.to) == (
        second,
        3,
        "dispatch",
        "accepted",
        "dispatched",
    )
    assert event.hash == Event.objects.get(case__number=second, seq=3).hash


def test_the_feed_does_not_tell_which_unit_a_protected_report_came_from(hotline: SmallCity) -> None:
    report = opening(allegation=Allegation.FIRM)
    number = open_case(actor=hotline.petition_clerk, opening=report).number
    walk(hotline, number, "accept", "dispatch")

    assert [event.unit for event in feed.page(hotline.supervisor).events] == ["petitions", "hotline", "hotline"]
    assert [event.unit for event in feed.page(hotline.transport_clerk).events] == ["", "hotline", "hotline"]


def test_an_empty_record_has_an_empty_feed_that_begins_with_the_first_event(hotline: SmallCity) -> None:
    assert feed.page(hotline.operator) == feed.page(hotline.operator, feed.NOW) == feed.Page([], "", more=False)
    number = take_in(hotline)
    assert told(feed.page(hotline.operator, "")) == [(number, 1)]


def test_the_feed_waits_for_a_transaction_that_ends_late_and_then_gives_it_once_in_order(hotline: SmallCity) -> None:
    late, early = take_in(hotline), take_in(hotline)
    begun = feed.page(hotline.operator, feed.NOW).cursor
    written, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                act(actor=hotline.operator, number=late, action="accept")
                written.set()
                assert go_on.wait(60)
        finally:
            written.set()
            connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    try:
        assert written.wait(60)
        expected = [(late, 2)]
        if connection.vendor == POSTGRESQL:  # SQLite's one writer makes the second wait by itself
            act(actor=hotline.operator, number=early, action="accept")
            assert Event.objects.filter(case__number=early).count() == 2
            expected.append((early, 2))
        waiting = feed.page(hotline.operator, begun)
    finally:
        go_on.set()
        slow.join(60)
    after = feed.page(hotline.operator, waiting.cursor)

    assert waiting == feed.Page([], begun, more=False)
    assert told(after) == expected
    assert feed.page(hotline.operator, after.cursor).events == []


def test_one_follows_only_what_one_may_know_of_and_accusations_are_in_no_feed(hotline: SmallCity) -> None:
    sealed = take_in(hotline, allegation=Allegation.WRONGDOING, respondent_unit="housing")
    theirs, other = case_in(hotline, "dispatched"), take_in(hotline)

    everything = told(feed.page(hotline.operator))
    clerk = feed.page(hotline.transport_clerk)

    assert Case.objects.get(number=sealed).confidentiality == "sealed"
    assert {number for number, _seq in everything} == {theirs, other}
    assert told(clerk) == [(theirs, 1), (theirs, 2), (theirs, 3)]
    assert feed.page(hotline.case_officer).events == []
    assert feed.page(hotline.transport_clerk, clerk.cursor).events == []
    for nobody in (hotline.stranger, hotline.auditor):
        with pytest.raises(NotAllowed):
            feed.page(nobody)


def test_what_was_written_while_a_matter_was_an_accusation_stays_shut(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    walk(hotline, number, Step("operator", "seal", SEALED), Step("case_officer", "propose_downgrade", LOWER), "release")
    kept = Case.objects.get(number=number).tally["kept"]

    seqs = {seq for _number, seq in told(feed.page(hotline.operator))}

    first, last, _degree = kept[0]
    assert seqs == {e.seq for e in Event.objects.all() if not first <= e.seq <= last}


def test_a_page_looks_at_so_many_events_and_leads_on_over_those_of_others(
    hotline: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SCAN", 3)
    for _ in range(5):
        take_in(hotline)
    number = case_in(hotline, "dispatched")

    pages, after = list[feed.Page](), ""
    while not pages or pages[-1].more:
        pages.append(feed.page(hotline.transport_clerk, after))
        after = pages[-1].cursor

    assert pages[0] == feed.Page([], pages[0].cursor, more=True)
    assert [one for page in pages for one in told(page)] == [(number, 1), (number, 2), (number, 3)]


@pytest.mark.parametrize("cursor", ["x", "%%%", "W10", "e30", "WzEsMiwzXQ", "[" * 180, "\x00", "是"])
def test_a_cursor_that_is_none_is_refused(hotline: SmallCity, cursor: str) -> None:
    with pytest.raises(BadInput):
        feed.page(hotline.operator, cursor)


def test_a_cursor_of_another_life_is_told_to_begin_anew(hotline: SmallCity) -> None:
    take_in(hotline)
    cursor = feed.page(hotline.operator).cursor
    with connection.cursor() as hand:
        hand.execute("UPDATE cases_event SET seq = 7")

    with pytest.raises(feed.Gone) as caught:
        feed.page(hotline.operator, cursor)

    assert (caught.value.code, caught.value.status) == ("feed_begun_anew", 410)


def test_the_feed_is_found_by_its_index_and_costs_the_same_for_few_and_many(hotline: SmallCity) -> None:
    for _ in range(3):
        take_in(hotline)
    cursor = feed.page(hotline.operator, "", 1).cursor
    counts = []
    for limit in (1, 100):
        with CaptureQueriesContext(connection) as taken:
            feed.page(hotline.operator, cursor, limit)
        counts.append(len(taken))
    scan = next(query["sql"] for query in taken if "LIMIT 1000" in query["sql"])
    with connection.cursor() as hand:
        if connection.vendor == POSTGRESQL:
            hand.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
            hand.execute(f"EXPLAIN {scan}")
        else:
            hand.execute(f"EXPLAIN QUERY PLAN {scan}")
        plan = "\n".join(str(row) for row in hand.fetchall())

    assert counts == [3, 3]
    if connection.vendor == POSTGRESQL:
        assert "Index Scan using event_place" in plan
        assert "Sort" not in plan
    else:
        assert "rowid>?" in plan
        assert "TEMP B-TREE" not in plan


def test_the_feed_is_followed_by_api(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    operator = as_persona(client, hotline, "operator", "cases:case:read_all")

    page = operator.get("/events").json()
    empty = operator.get("/events", after=page["cursor"]).json()

    assert [(e["number"], e["kind"], e["origin"]) for e in page["events"]] == [(number, "receive", "")]
    assert empty == {"events": [], "cursor": page["cursor"], "more": False}
    assert operator.get("/events", after="x").status_code == 422
    assert as_persona(client, hotline, "stranger").get("/events").status_code == 403
    with CaptureQueriesContext(connection) as taken:
        operator.get("/events")
    assert len(taken) == 3


def test_what_changed_since_a_mark_misses_nothing(hotline: SmallCity) -> None:
    old, moved = take_in(hotline), take_in(hotline)
    mark = feed.mark()
    walk(hotline, moved, "accept")
    new = take_in(hotline)

    numbers = set(Case.objects.filter(pk__in=feed.cases_since(mark)).values_list("number", flat=True))

    assert {moved, new} <= numbers <= {old, moved, new}
    if connection.vendor == "sqlite":  # elsewhere a transaction of a neighbour holds the mark back, and more is read
        assert old not in numbers
