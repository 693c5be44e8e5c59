"""Every event once, in order, signed, whatever the receiver does; and nothing to whoever mustn't know."""

import base64
import hashlib
import hmac
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.cases import feed
from huiyin.cases.models import Case, Event
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.offices import people
from huiyin.people.models import User
from huiyin.vault.keyring import keyring
from huiyin.webhooks import calling, sending, subscriptions
from huiyin.webhooks.models import Delivery, Subscription
from huiyin.webhooks.signing import signed
from tests.conftest import SetClock
from tests.factories.cases import take_in, walk
from tests.personas import SmallCity
from tests.webhooks.conftest import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _all_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests write and read in one transaction, whose events the feed would wait for (tests/api/test_feed.py)."""
    monkeypatch.setattr(feed, "_settled", lambda: feed._placed().values_list(*feed._ROW))


def everything() -> list[tuple[str, int]]:
    """All events there are, in the order of the record."""
    rows = feed._placed().order_by("tick", "n").values_list("case__number", "seq")
    return [(number, seq) for number, seq in rows]


def pass_by(minutes: float) -> None:
    """The worker goes round; here every half minute."""
    until = clock.now() + timedelta(minutes=minutes)
    while clock.now() < until:
        at = clock.now() + timedelta(seconds=30)
        clock.install(lambda at=at: at, zone=clock.zone())  # type: ignore[misc]
        sending.work()


def test_every_event_is_posted_once_in_order_and_signed(
    hotline: SmallCity, machine: User, receiver: Receiver, own_network: None
) -> None:
    old = take_in(hotline)
    row, secret = subscriptions.add(
        hotline.administrator, name="平台", url=receiver.url, username="platform", past=True
    )
    walk(hotline, take_in(hotline), "accept", "dispatch")
    walk(hotline, old, "accept")

    done = sending.work()
    again = sending.work()

    assert sorted(receiver.events()) == sorted(everything())
    assert [seq for number, seq in receiver.events() if number == old] == [1, 2]
    assert (done.sent, again.sent, receiver.calls) == (5, 0, 5)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    for head, body in zip(receiver.heads, receiver.bodies, strict=True):
        signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert head["webhook-signature"] == f"v1,{wanted}"
    assert len({head["webhook-id"] for head in receiver.heads}) == 5
    assert key not in bytes(row.secret or b"")
    data = receiver.took[0]["data"]
    assert data["hash"] == Event.objects.get(case__number=data["number"], seq=data["seq"]).hash
    assert "何立秋" not in str(receiver.took)


@pytest.mark.parametrize("how", [None, 503, 429])
def test_a_receiver_that_is_down_for_an_hour_gets_everything_once_it_is_back_in_order_once(
    hotline: SmallCity, told: Subscription, receiver: Receiver, how: int | None
) -> None:
    receiver.answers = lambda _message: how
    numbers = [take_in(hotline) for _ in range(6)]
    for number in numbers:
        walk(hotline, number, "accept")
    pass_by(30)
    for number in numbers[:3]:
        walk(hotline, number, "dispatch")
    pass_by(30)
    tried = receiver.calls
    assert receiver.took == []

    receiver.answers = lambda _message: 204
    pass_by(16)

    assert sorted(receiver.events()) == sorted(everything())
    for number in numbers:
        got = [seq for other, seq in receiver.events() if other == number]
        assert got == sorted(set(got))
    assert tried < 60
    assert not subscriptions.dead_letters()
    told.refresh_from_db()
    assert (told.failures, told.failing_since, told.last_error) == (0, None, "")


def test_a_poisonous_message_holds_its_own_case_and_no_other_until_a_person_decides(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    bad, good = take_in(hotline), take_in(hotline)
    receiver.answers = lambda message: 422 if (message["data"]["number"], message["data"]["seq"]) == (bad, 1) else 200
    walk(hotline, bad, "accept")
    walk(hotline, good, "accept")

    sending.work()
    assert receiver.events() == [(good, 1), (good, 2)]
    for wait in sending.WAITS:
        pass_by(wait.total_seconds() / 60 + 0.5) if wait < timedelta(hours=1) else _later(wait)
    (dead,) = subscriptions.dead_letters()
    assert (dead.number, dead.seq, dead.attempts) == (bad, 1, len(sending.WAITS) + 1)
    assert dead.last_error.startswith("422")
    (listed,) = subscriptions.listed()
    assert (listed.waiting, listed.dead) == (2, 1)  # type: ignore[attr-defined]

    receiver.answers = lambda _message: 200
    pass_by(1)
    assert (bad, 2) not in receiver.events()
    assert subscriptions.retry("system:shell", told.pk, dead.pk) == 1
    pass_by(1)

    assert receiver.events()[-2:] == [(bad, 1), (bad, 2)]
    assert not subscriptions.dead_letters()


def _later(wait: timedelta) -> None:
    at = clock.now() + wait + timedelta(seconds=1)
    clock.install(lambda: at, zone=clock.zone())
    sending.work()


def test_a_dead_letter_that_is_let_go_lets_its_case_go_on(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    number = take_in(hotline)
    walk(hotline, number, "accept")
    sending.queue(told)
    first = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=first.pk).update(dead_at=clock.now(), due_at=None)

    sending.work()
    assert receiver.events() == []
    assert subscriptions.drop("system:shell", told.pk, first.pk)
    assert not subscriptions.drop("system:shell", told.pk, first.pk)
    sending.work()

    assert receiver.events() == [(number, 2)]


def test_what_was_taken_is_sent_again_under_the_same_name_and_in_order(
    hotline: SmallCity, told: Subscription, receiver: Receiver, at: SetClock
) -> None:
    early = take_in(hotline)
    sending.work()
    since = at("2021-03-02 10:00")
    number = take_in(hotline)
    walk(hotline, number, "accept", "dispatch")
    sending.work()
    names = [head["webhook-id"] for head in receiver.heads]

    assert subscriptions.replay("system:shell", told.pk, since) == 3
    sending.work()

    assert receiver.events() == [(early, 1), (number, 1), (number, 2), (number, 3)] + [(number, n) for n in (1, 2, 3)]
    assert [head["webhook-id"] for head in receiver.heads][4:] == names[1:]
    at("2021-04-10 10:00")
    assert sending.forget_old() == 4


def test_only_the_kinds_asked_for_are_told(
    hotline: SmallCity, machine: User, receiver: Receiver, own_network: None
) -> None:
    subscriptions.add(hotline.administrator, name="x", url=receiver.url, username="platform", kinds=["accept"])
    walk(hotline, take_in(hotline), "accept", "dispatch")

    sending.work()

    assert [message["type"] for message in receiver.took] == ["case.accept"]


def test_all_that_is_wrong_with_a_subscription_is_said_at_once(hotline: SmallCity, machine: User) -> None:
    with pytest.raises(BadInput) as refused:
        subscriptions.add(hotline.administrator, name="", url="ftp://x", username="platform", kinds=["accept", "acept"])

    assert [one.field for one in refused.value.fields] == ["name", "kinds", "url"]
    assert "acept" in str(refused.value.fields[1].message)
    assert not Subscription.objects.exists()


def test_nobody_is_told_of_what_the_account_may_not_know_also_not_of_what_was_sealed_meanwhile(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    sealed = take_in(hotline, allegation="wrongdoing", respondent_unit="transport")
    later = take_in(hotline)
    sending.queue(told)
    Case.objects.filter(number=later).update(confidentiality="sealed")

    sending.work()

    assert receiver.calls == 0
    assert sealed not in set(Delivery.objects.values_list("number", flat=True))
    assert Delivery.objects.get(number=later).dropped_at is not None


def test_a_worker_leaves_alone_what_another_is_sending(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    take_in(hotline)
    Subscription.objects.update(leased_until=clock.now() + timedelta(minutes=1))
    sending.work()
    assert receiver.calls == 0

    pass_by(2)

    assert len(receiver.took) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "https://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/x",
        "https://[::ffff:127.0.0.1]/x", "https://localhost/x", "http://93.184.216.34/x", "ftp://93.184.216.34/x",
        "https://0.0.0.0/", "https://100.64.0.1/", "https://224.0.0.1/", "https://user@93.184.216.34/", "https:///x",
        "nonsense", "https://93.184.216.34/\r\nX: y", "https://93.184.216.34:99999/", "https://[::1", "https://2130706433/",
        "https://0177.0.0.1/", "https://[64:ff9b::7f00:1]/", "https://[::127.0.0.1]/", "https://[fec0::1]/",
        "https://[::ffff:0:127.0.0.1]/", "https://[::]/",
    ],
)  # fmt: skip
def test_inner_addresses_are_never_called(hotline: SmallCity, machine: User, url: str) -> None:
    with pytest.raises(BadInput):
        subscriptions.add(hotline.administrator, name="x", url=url, username="platform")
    assert calling.post(url, b"{}", {}).status == 0


def test_a_public_address_is_fine_and_a_name_that_turns_inward_later_is_not_called(
    hotline: SmallCity, machine: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"address": "93.184.216.34"}
    monkeypatch.setattr(
        "huiyin.webhooks.calling.socket.getaddrinfo", lambda _h, port, **_k: [(0, 0, 0, "", (found["address"], port))]
    )
    subscriptions.add(hotline.administrator, name="x", url="https://hooks.example.org/x", username="platform")
    take_in(hotline)
    found["address"] = "127.0.0.1"

    done = sending.work()

    assert (done.failed, receiver.calls) == (1, 0)
    assert "HUIYIN_WEBHOOK_NETWORKS" in Subscription.objects.get().last_error


@contextmanager
def raw(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a receiver that says whatever it likes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                one, _address = server.accept()
                with one, suppress(OSError):
                    one.recv(65_536)
                    talk(one)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 2"])
def test_a_receiver_that_drips_is_cut_off_in_time(
    own_network: None, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setattr(calling, "WHOLE", 0.3)

    def drip(one: socket.socket) -> None:
        one.sendall(head)
        for _ in range(60):
            one.sendall(b"0")
            time.sleep(0.05)

    with raw(drip) as url:
        began = time.monotonic()
        answer = calling.post(url, b"{}", {})
        took = time.monotonic() - began

    assert answer.status == 0
    assert "0.3 seconds" in answer.said
    assert took < 2


@pytest.mark.parametrize("status", [b"500 no", b"422 no", b"junk\x00"])
def test_a_nul_in_an_answer_stops_nobody(
    hotline: SmallCity, told: Subscription, receiver: Receiver, status: bytes
) -> None:
    said = b"oops\x00oops"

    def talk(one: socket.socket) -> None:
        one.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n\r\n" % len(said) + said)

    take_in(hotline)
    with raw(talk) as url:
        Subscription.objects.update(url=url)
        sending.work()

    error = Delivery.objects.get().last_error
    assert error
    assert "\x00" not in error
    assert "\ufffd" in error


def test_one_subscription_s_fault_ends_its_own_turn_alone(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    broken = subscriptions.add(hotline.administrator, name="坏", url=receiver.url, username="platform")[0]
    Subscription.objects.filter(pk=told.pk).update(secret=b"\x01" + b"x" * 60)
    assert told.pk < broken.pk
    number = take_in(hotline)

    sending.work()

    assert receiver.events() == [(number, 1)]
    told.refresh_from_db()
    assert "doesn't open" in told.last_error
    assert told.leased_until is None


def test_a_lease_that_another_worker_took_over_is_neither_used_nor_given_back(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    for _ in range(3):
        take_in(hotline)
    theirs = clock.now() + timedelta(hours=1)

    def slow(_message: dict[str, Any]) -> int:
        Subscription.objects.update(leased_until=theirs)
        return 204

    post = calling.post
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calling, "post", lambda *said: (slow({}), post(*said))[1])
        sending.work()

    assert receiver.calls == 1
    told.refresh_from_db()
    assert told.leased_until == theirs


def test_a_worker_that_is_told_to_end_gives_its_receiver_back(
    hotline: SmallCity, told: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(hotline)

    def ended(*_args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(calling, "post", ended)
    with pytest.raises(SystemExit):
        sending.work()

    told.refresh_from_db()
    assert told.leased_until is None
    assert Delivery.objects.get().done_at is None


def test_nothing_is_sent_after_the_end_also_in_the_middle_of_a_round(
    hotline: SmallCity, told: Subscription, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        take_in(hotline)
    post = calling.post

    def ending(*said: Any) -> calling.Answer:
        subscriptions.end("system:shell", told.pk)
        return post(*said)

    monkeypatch.setattr(calling, "post", ending)
    sending.work()

    assert receiver.calls == 1
    assert Delivery.objects.filter(done_at=None, dropped_at=None).count() == 0


def test_an_account_that_becomes_a_person_s_is_told_nothing_any_more(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    people.link_as("system:shell", told.user)
    take_in(hotline)

    sending.work()

    assert receiver.calls == 0
    told.refresh_from_db()
    assert (told.ended_at is not None, told.secret) == (True, None)
    assert Entry.objects.filter(action="end_webhook", actor=sending.WORKER).exists()


def test_what_was_wrong_with_the_feed_is_forgotten_after_a_good_page(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    good = told.cursor
    Subscription.objects.update(cursor="nonsense")
    sending.work()
    told.refresh_from_db()
    assert told.last_error

    Subscription.objects.update(cursor=good)
    take_in(hotline)
    sending.work()

    told.refresh_from_db()
    assert (told.last_error, len(receiver.took)) == ("", 1)


def test_the_list_begins_with_what_runs_and_hides_the_numbers_of_what_is_kept_from_people(
    hotline: SmallCity, told: Subscription, client: Client
) -> None:
    ended = subscriptions.add(hotline.administrator, name="旧", url=told.url, username="platform")[0]
    subscriptions.end("system:shell", ended.pk)
    kept, plain = take_in(hotline), take_in(hotline)
    sending.queue(told)
    Delivery.objects.update(dead_at=clock.now(), due_at=None)
    Case.objects.filter(number=kept).update(confidentiality="sealed")
    client.force_login(hotline.users["administrator"])

    page = client.get("/offices/webhooks/").content.decode()

    listed = [(one.pk, one.waiting, one.dead) for one in subscriptions.listed()]  # type: ignore[attr-defined]
    assert listed == [(told.pk, 2, 2), (ended.pk, 0, 0)]
    assert plain in page
    assert kept not in page


def test_a_redirect_is_not_followed(hotline: SmallCity, told: Subscription, receiver: Receiver) -> None:
    receiver.answers = lambda _message: 307
    take_in(hotline)

    sending.work()

    assert (receiver.calls, receiver.took) == (1, [])


def test_only_the_administrator_subscribes_and_only_for_machines(hotline: SmallCity, machine: User) -> None:
    said: dict[str, Any] = {"name": "x", "url": "https://93.184.216.34/x", "username": "platform"}
    with pytest.raises(NotAllowed):
        subscriptions.add(hotline.supervisor, **said)
    with pytest.raises(Refused):
        hotline.users["operator"].set_password("x")
        hotline.users["operator"].save()
        subscriptions.add(hotline.administrator, **{**said, "username": "operator"})

    row, _secret = subscriptions.add(hotline.administrator, **said)
    subscriptions.end("user:administrator", row.pk)

    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == ["add_webhook", "end_webhook"]
    row.refresh_from_db()
    assert (row.key, row.secret) == (None, None)
    assert sending.work().sent == 0


def test_the_page_shows_how_it_goes_and_acts(
    hotline: SmallCity, machine: User, receiver: Receiver, own_network: None, client: Client
) -> None:
    client.force_login(hotline.users["administrator"])
    wrong = client.post("/offices/webhooks/", {"name": "平台", "url": "https://10.0.0.1/", "username": "platform"})
    made = client.post("/offices/webhooks/", {"name": "平台", "url": receiver.url, "username": "platform"})
    assert (wrong.status_code, made.status_code) == (422, 200)
    assert 'value="https://10.0.0.1/"' in wrong.content.decode()
    assert "whsec_" in made.content.decode()
    number = take_in(hotline)
    sending.queue(Subscription.objects.get())
    Delivery.objects.update(dead_at=clock.now(), due_at=None, last_error="422 no")

    one = Delivery.objects.get()
    own = f"/offices/webhooks/{one.subscription_id}/"
    for address in ("/offices/webhooks/", own):
        page = client.get(address).content.decode()
        assert "whsec_" not in page
        assert number in page
        assert "422 no" in page
    assert client.post(own, {"do": "retry", "delivery": str(one.pk)}).status_code == 302
    sending.work()
    assert receiver.events() == [(number, 1)]
    again = client.post(own, {"do": "replay", "hours": "24"})
    assert "1条通知将再次送出。" in client.get(again["Location"]).content.decode()
    sending.work()
    assert receiver.events() == [(number, 1)] * 2
    assert {head["webhook-id"] for head in receiver.heads} == {f"msg_{one.message.hex}"}
    assert client.post(own, {"do": "replay", "hours": "7"}).status_code == 422
    assert client.post(own, {"do": "drop", "delivery": str(one.pk)}).status_code == 404
    assert "whsec_" in client.post(own, {"do": "rotate"}).content.decode()
    client.post(own, {"do": "end"})
    assert Subscription.objects.get().ended_at is not None
    assert client.post(own, {"do": "rotate"}).status_code == 409


def test_numbers_of_what_is_kept_from_people_stay_off_the_page(
    hotline: SmallCity, told: Subscription, client: Client
) -> None:
    number = take_in(hotline)
    sending.queue(told)
    client.force_login(hotline.users["administrator"])
    own = f"/offices/webhooks/{told.pk}/"
    assert number in client.get(own).content.decode()

    Case.objects.filter(number=number).update(confidentiality="from_units")

    page = client.get(own).content.decode()
    assert (number in page, "保密" in page) == (False, True)


def test_the_secret_survives_a_change_of_the_master_key(told: Subscription) -> None:
    from huiyin.people.rewrapping import rewrap

    before = subscriptions.secrets_of(told)
    keyring().add()

    assert rewrap(Subscription, subscriptions.owner) == 1
    told.refresh_from_db()
    assert subscriptions.secrets_of(told) == before


def test_a_new_secret_signs_at_once_and_the_former_one_beside_it_for_a_day(
    hotline: SmallCity, machine: User, receiver: Receiver, own_network: None, client: Client, at: SetClock
) -> None:
    row, old = subscriptions.add(hotline.administrator, name="平台", url=receiver.url, username="platform")
    client.force_login(hotline.users["administrator"])
    at("2021-03-02 10:00")
    page = client.post(f"/offices/webhooks/{row.pk}/", {"do": "rotate"}).content.decode()
    new = re.search(r"whsec_[\w+/=]+", page)[0]  # type: ignore[index]
    known = [base64.b64decode(one.removeprefix("whsec_")) for one in (new, old)]

    take_in(hotline)
    sending.work()
    at("2021-03-03 10:00")
    take_in(hotline)
    sending.work()

    for head, body, secrets in zip(receiver.heads, receiver.bodies, (known, known[:1]), strict=True):
        wanted = signed(secrets, head["webhook-id"], int(head["webhook-timestamp"]), body.decode())
        assert head["webhook-signature"] == wanted["webhook-signature"]
        assert len(wanted["webhook-signature"].split(" ")) == len(secrets)
    assert Entry.objects.filter(action="rotate_webhook").count() == 1
    subscriptions.end("system:shell", row.pk)
    row.refresh_from_db()
    assert row.secret is row.former is None
    with pytest.raises(Refused):
        subscriptions.rotate("system:shell", row.pk)


def test_a_cursor_of_another_life_stops_the_subscription_and_says_why(
    hotline: SmallCity, told: Subscription, receiver: Receiver
) -> None:
    number = take_in(hotline)
    sending.work()
    Subscription.objects.update(cursor=feed._cursor((999_999, 999_999, Case.objects.get(number=number).pk, 1)))
    take_in(hotline)

    sending.work()

    told.refresh_from_db()
    assert told.last_error
    assert len(receiver.took) == 1


def test_the_worker_sends(hotline: SmallCity, told: Subscription, receiver: Receiver, monkeypatch: Any) -> None:
    from huiyin.cli import worker

    take_in(hotline)
    monkeypatch.setattr("huiyin.ledger.sealing.seal_daily", list)
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)  # this test's own is needed further on

    worker.work()

    assert len(receiver.took) == 1
