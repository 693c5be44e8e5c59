"""Orders in and results back: duplicates, reordering, an outage, poisonous messages."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from huiyin.audit.models import Entry
from huiyin.cases.models import Case
from huiyin.exchange import partners, passing
from huiyin.exchange.models import Message, Partner, PassedOrder
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotFound
from huiyin.people.parties import contact_of
from tests.conftest import SetClock
from tests.exchange.platform import SECRET, Platform, running
from tests.factories.cases import kinds, sound, take, walk
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]
pytestmark = pytest.mark.django_db
SHELL = "system:shell"
LAMP = {"body": "路灯坏了三天。", "kind": "help", "name": "何立秋", "phone": "13900000001", "area": "341282002"}


@pytest.fixture
def province(hotline: SmallCity, settings: Any) -> Iterator[Platform]:
    """The platform, with whom the city has a partnership."""
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    with running() as here:
        secret = "whsec_" + base64.b64encode(SECRET).decode()
        partners.add(SHELL, name="province", url=here.url, secret=secret)
        yield here


def number_of(order: str) -> str:
    """The case that an order became."""
    return PassedOrder.objects.get(order=order).case.number


def later(**span: float) -> passing.Round:
    """The worker's round, so much later."""
    at = clock.now() + timedelta(**span)
    clock.install(lambda: at, zone=clock.zone())
    return passing.work()


def test_an_order_becomes_a_matter_and_its_giver_is_told_how_it_ends(hotline: SmallCity, province: Platform) -> None:
    province.say("m1", "P-1", "order", **LAMP)
    assert passing.work().taken == 1
    number = number_of("P-1")
    case = Case.objects.select_related("requester").get(number=number)
    assert (case.channel, case.kind, case.area_id, case.origin_key) == ("upstream", "help", "341282002", "P-1")
    assert contact_of(case.requester).phone == "13900000001"

    walk(hotline, number, "accept")
    passing.work()
    take(hotline, number, "operator", "answer_directly", reply="今天修好。")
    passing.work()
    passing.work()

    assert province.told("P-1") == [("accept", False), ("answer_directly", True)]
    assert province.results[-1]["texts"] == ["今天修好。"]
    assert province.forged == 0
    assert sound(number) == []
    message = Message.objects.get()
    assert (message.said, message.due_at) == (None, None)


def test_a_message_that_comes_twice_counts_once(hotline: SmallCity, province: Platform) -> None:
    for _ in range(2):
        province.say("m1", "P-1", "order", **LAMP)
        province.say("m2", "P-1", "more", body="又坏了一盏。")
    province.say("m3", "P-1", "order", **LAMP)
    passing.work()
    Partner.objects.update(cursor="")
    passing.work()
    Message.objects.update(due_at=None)

    assert Case.objects.count() == 1
    assert kinds(number_of("P-1")) == ["receive", "add_statement"]
    assert Message.objects.count() == 3
    assert not partners.poison("province")


def test_more_that_comes_before_its_order_waits_for_it(hotline: SmallCity, province: Platform) -> None:
    province.say("m2", "P-1", "more", body="又坏了一盏。")
    province.say("m4", "P-2", "more", body="没有这一单。")
    passing.work()
    assert not Case.objects.exists()
    province.say("m1", "P-1", "order", **LAMP)

    later(minutes=1)
    assert kinds(number_of("P-1")) == ["receive"]
    later(minutes=2)
    assert kinds(number_of("P-1")) == ["receive", "add_statement"]

    later(days=3, minutes=1)
    (lost,) = partners.poison("province")
    assert (lost.remote, lost.poison) == ("m4", "the order never came")


def test_an_outage_loses_nothing_and_repeats_nothing(hotline: SmallCity, province: Platform) -> None:
    for n in range(7):
        province.say(f"m{n}", f"P-{n}", "order", **LAMP)
    passing.work()
    province.away = True
    province.say("m9", "P-9", "order", **LAMP)
    for n in range(7):
        walk(hotline, number_of(f"P-{n}"), "accept")
    for _ in range(60):
        later(minutes=1)
    assert province.results == []
    partner = Partner.objects.get()
    assert partner.failures < 15
    assert partner.last_error.startswith("503")

    province.away = False
    for _ in range(16):
        later(minutes=1)

    assert [province.told(f"P-{n}") for n in range(7)] == [[("accept", False)]] * 7
    assert len(province.results) == 7
    assert number_of("P-9")
    partner.refresh_from_db()
    assert (partner.failures, partner.last_error) == (0, "")


def test_an_answer_that_was_lost_is_told_again_under_the_same_name(
    hotline: SmallCity, province: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    province.say("m1", "P-1", "order", **LAMP)
    passing.work()
    walk(hotline, number_of("P-1"), "accept")
    passing.work()
    PassedOrder.objects.update(told=1, version=0)

    assert passing.work().told == 1
    assert province.told("P-1") == [("accept", False)]


@pytest.mark.parametrize(
    ("sort", "said"),
    [
        ("order", {"body": ""}),
        ("order", {"body": "x" * 20_000}),
        ("order", {"body": {"no": "text"}}),
        ("order", {"body": "坏了", "kind": "rant"}),
        ("order", {"body": "坏了", "kind": ["help"]}),
        ("order", {"body": "坏了", "area": "999"}),
        ("order", {"body": "坏了\x00"}),
        ("explode", {"body": "坏了"}),
        ("", {}),
    ],
)
def test_a_poisonous_message_waits_for_a_person_and_holds_up_nobody(
    hotline: SmallCity, province: Platform, sort: str, said: dict[str, Any]
) -> None:
    province.say("m1", "P-1", sort, **said)
    province.say("m2", "P-2", "order", **LAMP)

    done = passing.work()

    assert (done.taken, done.poisoned) == (1, 1)
    (message,) = partners.poison("province")
    assert message.poison
    assert number_of("P-2")
    assert partners.retry(SHELL, "province") == 1
    assert passing.work().poisoned == 1
    partners.drop(SHELL, "province", message.pk)
    with pytest.raises(NotFound):
        partners.drop(SHELL, "province", message.pk)
    message.refresh_from_db()
    assert message.said is None
    assert passing.work().poisoned == 0


def test_characters_that_no_database_keeps_stop_nobody(hotline: SmallCity, province: Platform) -> None:
    province.say("m\x00", "P\ud800", "order", **LAMP)
    province.say("m1", "P-1", "order", **LAMP)
    passing.work()
    province.unwanted = "P-1"
    province.refusal = b"no\x00"
    walk(hotline, number_of("P-1"), "accept")
    passing.work()

    assert PassedOrder.objects.get(order="P-1").refused.endswith("no\ufffd")
    assert {one.remote for one in Message.objects.all()} == {"m\ufffd", "m1"}
    assert Partner.objects.get().last_error == ""


def test_one_partner_s_fault_ends_its_own_turn_alone(hotline: SmallCity, province: Platform) -> None:
    province.say("m1", "P-1", "order", **LAMP)
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    partners.add(SHELL, name="other", url=province.url, secret=secret)
    first = Partner.objects.order_by("id")[0]
    Partner.objects.filter(pk=first.pk).update(secret=b"\x01" + b"x" * 60)

    assert passing.work().read == 1
    first.refresh_from_db()
    assert first.last_error
    assert first.leased_until is None


def test_the_same_order_with_other_words_is_poisonous(hotline: SmallCity, province: Platform) -> None:
    province.say("m1", "P-1", "order", **LAMP)
    province.say("m2", "P-1", "order", **{**LAMP, "body": "别的事。"})

    passing.work()

    assert Case.objects.count() == 1
    assert [one.remote for one in partners.poison("province")] == ["m2"]


def test_a_result_that_is_not_taken_stops_its_order_alone(hotline: SmallCity, province: Platform) -> None:
    for n in (1, 2):
        province.say(f"m{n}", f"P-{n}", "order", **LAMP)
    passing.work()
    province.unwanted = "P-1"
    for n in (1, 2):
        walk(hotline, number_of(f"P-{n}"), "accept")
    passing.work()
    walk(hotline, number_of("P-1"), "dispatch")
    passing.work()

    assert (province.told("P-1"), province.told("P-2")) == ([], [("accept", False)])
    (order,) = partners.refused("province")
    assert "422 no such order" in order.refused
    province.unwanted = ""
    partners.retry(SHELL, "province")
    passing.work()
    assert [kind for kind, _closed in province.told("P-1")] == ["accept", "dispatch"]


def test_a_page_that_can_not_be_read_is_like_an_outage(hotline: SmallCity, province: Platform) -> None:
    province.say("m1", "P-1", "order", **LAMP)
    province.garbled = True
    passing.work()
    assert "can't be read" in Partner.objects.get().last_error

    province.garbled = False
    later(minutes=1)

    assert number_of("P-1")


def test_what_waits_is_sealed_and_goes_with_the_partner(hotline: SmallCity, province: Platform, at: SetClock) -> None:
    province.say("m1", "P-1", "more", body="请打13900000001")
    passing.work()
    assert b"13900000001" not in bytes(Message.objects.get().said or b"")

    partners.end(SHELL, "province")

    row = Partner.objects.get()
    assert (row.key, row.secret, Message.objects.get().said) == (None, None, None)
    assert passing.work().read == 0
    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == ["add_partner", "end_partner"]


@pytest.mark.parametrize(
    "said",
    [{"name": "Province"}, {"url": "https://10.0.0.1/"}, {"adapter_name": "fax"}, {"secret": "whsec_%"}],
)
def test_a_partner_that_can_not_be_is_refused(hotline: SmallCity, said: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        partners.add(SHELL, **{"name": "province", "url": "https://93.184.216.34/", **said})
