"""`huiyin-client` against the description and against a running server."""

import base64
import hashlib
import hmac
import inspect
import json
import re
import types as kinds
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import client
import pytest
from pytest_django.live_server_helper import LiveServer

from huiyin.access.tokens import issue
from huiyin.cases import feed
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.people.models import Posting
from huiyin.people.services import create_user, post_many
from huiyin.webhooks import sending, subscriptions
from huiyin_client import Client, Forged, Refused, Unreachable, types, verify
from huiyin_client.calling import Caller
from tests.factories.cases import publish_rules
from tests.personas import SmallCity, build_city
from tests.webhooks.conftest import Receiver, own_network, receiver

__all__ = ["own_network", "receiver"]

DESCRIBED: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs/reference/openapi.json").read_text("utf-8"))
SCHEMAS: dict[str, Any] = DESCRIBED["components"]["schemas"]
TYPES = [one for _name, one in inspect.getmembers(types, typing.is_typeddict) if one.__module__ == types.__name__]


@dataclass
class Recorder:
    """Stands in for a caller: keeps what would be sent, and answers like an empty city."""

    sent: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    tries: int = 1

    def send(
        self, method: str, path: str, _body: bytes | None, more: dict[str, str], **_how: bool
    ) -> tuple[Any, dict[str, str]]:  # fmt: skip
        self.sent.append((method, path, more))
        return {"items": [], "next_cursor": "", "events": [], "cursor": "c", "more": False}, {}


OPERATIONS = {
    one["operationId"]: (method.upper(), path, one)
    for path, ways in DESCRIBED["paths"].items()
    for method, one in ways.items()
}
ALSO = {"with_code", "every", "act", "cases", "answers", "events"}
"""What the client does beside: in more than one call, or in fewer words."""


def called(name: str, /, **said: Any) -> tuple[str, str, dict[str, str]]:
    """What would be sent when that is called: method, address, headers."""
    recorder = Recorder()
    made = getattr(Client("http://x", caller=recorder), name)(**said)  # type: ignore[arg-type]
    if isinstance(made, kinds.GeneratorType):
        list(made)
    ((method, address, headers),) = recorder.sent
    return method, address, headers


def test_the_client_has_every_operation_of_the_description_and_says_what_else_it_does() -> None:
    public = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}

    assert public == set(OPERATIONS) | ALSO
    assert client.written() == {
        name: (client.FOLDER / name).read_text("utf-8") for name in ("operations.py", "types.py")
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_called_as_its_description_says(name: str) -> None:
    method, path, one = OPERATIONS[name]
    parameters = inspect.signature(getattr(Client, name)).parameters
    given = one.get("parameters", [])
    said: dict[str, Any] = {q["name"]: "a/b" for q in given if q["in"] == "path"}
    said |= {"from_" if q["name"] == "from" else q["name"]: "é &" for q in given if q["in"] == "query"}
    also = {"given": {}, "data": b"x", "name": "x", "if_match": 3}
    said |= {each: also[each] for each in parameters if each in also and each not in said}

    sent, address, headers = called(name, **said)

    where, _mark, query = address.partition("?")
    assert (sent, f"/api/v1{where}") == (method, re.sub(r"{\w+}", "a%2Fb", path))
    assert parse_qs(query) == {q["name"]: ["é &"] for q in given if q["in"] == "query"}
    assert ("requestBody" in one) == ("Content-Type" in headers)
    assert {q["name"] for q in given if q["in"] == "header"} == set(headers) - {"Content-Type"}
    assert headers.get("If-Match") in (None, '"3"')
    assert headers.get("Idempotency-Key") != ""


@pytest.mark.parametrize(
    ("name", "said", "operation"),
    [
        ("act", {"number": "1", "action": "accept", "if_match": 3}, "take_action"),
        ("cases", {"view": "open"}, "list_cases"),
        ("answers", {}, "list_answers"),
        ("events", {"after": "x"}, "follow_events"),
    ],
)
def test_what_it_does_beside_is_said_with_operations(name: str, said: dict[str, Any], operation: str) -> None:
    method, path, _one = OPERATIONS[operation]
    sent, address, _headers = called(name, **said)

    assert sent == method
    assert re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), f"/api/v1{address.partition('?')[0]}")


@pytest.mark.parametrize("one", TYPES, ids=lambda one: one.__name__)
def test_every_type_has_the_fields_of_the_description(one: Any) -> None:
    described = SCHEMAS[one.__name__]

    assert set(one.__annotations__) == set(described["properties"])
    assert one.__required_keys__ >= frozenset(described.get("required", []))
    if one.__name__.endswith("In"):
        assert one.__required_keys__ == frozenset(described.get("required", []))


# Against a running server


@pytest.fixture
def city(transactional_db: None) -> SmallCity:
    """The city as a live server sees it."""
    made = build_city()
    publish_rules()
    return made


def test_a_matter_goes_from_a_visitor_to_its_answer_by_the_client(
    city: SmallCity, live_server: LiveServer, receiver: Receiver, own_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A neighbour's transaction on the same server would hold the feed back (ADR 0018).
    monkeypatch.setattr(feed, "_settled", lambda: feed._placed().values_list(*feed._ROW))
    visitor = Client(live_server.url)
    desk = Client(live_server.url, token=issue(city.users["operator"], "试"), language="en")
    machine = create_user(username="platform", display_name="区平台", password=None)
    post_many([Posting(user=machine, unit_id="hotline", role="operator")])
    _row, secret = subscriptions.add(city.administrator, name="x", url=receiver.url, username="platform")

    photo = visitor.send_file("说明：路灯坏了".encode(), '说"明.txt')
    lamp: types.CaseIn = {"body": "路灯坏了三天。", "kind": "help", "files": [photo["id"]]}
    made = visitor.take_in(lamp, key="a key that nobody can guess")
    again = visitor.take_in(lamp, key="a key that nobody can guess")
    number = made["number"]
    assert made["access_code"]
    assert (again["number"], again["access_code"]) == (number, made["access_code"])

    assert number in [row["number"] for row in desk.cases(view="open")]
    accepted = desk.act(number, "accept", if_match=made["version"])
    assert accepted is not None
    with pytest.raises(Refused) as stale:
        desk.act(number, "accept", if_match=made["version"])
    assert (stale.value.status, stale.value.code) == (412, "changed_meanwhile")
    desk.act(number, "answer_directly", {"reply": "今天修好。"})

    mine = visitor.with_code(made["access_code"])
    told = mine.read_events(number)
    assert told["chain_intact"]
    assert "今天修好。" in str(told["events"])
    assert mine.read_case(number)["phase"] == "closed"
    events = [(event["number"], event["kind"]) for event, _cursor in desk.events()]
    assert events == [(number, kind) for kind in ("receive", "accept", "answer_directly")]
    assert desk.read_me()["name"] == "钱小满"
    assert list(visitor.answers()) == []
    assert Case.objects.count() == 1

    sending.work()
    heard = [
        verify(secret, head, body, now=clock.now().timestamp())
        for head, body in zip(receiver.heads, receiver.bodies, strict=True)
    ]
    assert [one["type"] for one in heard] == ["case.receive", "case.accept", "case.answer_directly"]
    with pytest.raises(Forged):
        verify(secret, receiver.heads[0], receiver.bodies[0] + b" ", now=clock.now().timestamp())
    with pytest.raises(Forged):
        verify(secret, receiver.heads[0], receiver.bodies[0], now=clock.now().timestamp() + 3600)


def test_a_call_is_tried_again_as_long_as_told_and_given_up_in_the_end(receiver: Receiver) -> None:
    waits: list[float] = []
    here = Caller(receiver.url.partition("/hook")[0], {}, tries=3, sleep=waits.append)
    answers = iter([503, None, 200])
    receiver.answers = lambda _message: next(answers)

    Client("", caller=here).take_in({"body": "x"})
    assert receiver.calls == 3
    assert len({head["idempotency-key"] for head in receiver.heads}) == 1
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2

    receiver.answers = lambda _message: None
    with pytest.raises(Unreachable):
        Client("", caller=here).take_in({"body": "x"})
    receiver.answers = lambda _message: 422
    before = receiver.calls
    with pytest.raises(Refused):
        Client("", caller=here).take_in({"body": "x"})
    assert receiver.calls == before + 1


def test_a_redirect_is_an_answer_and_takes_no_token_anywhere(receiver: Receiver) -> None:
    receiver.answers = lambda message: 307 if receiver.calls == 1 else 302
    city = Client(receiver.url.partition("/hook")[0], token="hy_secret")

    for status in (307, 302):
        with pytest.raises(Refused) as told:
            city.take_in({"body": "x"})
        assert told.value.status == status
    assert receiver.calls == 2


SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


def signed(secret: bytes = b"s" * 32, name: str = "msg_1", sent: str = "1000") -> dict[str, str]:
    """Headers of `{}`."""
    mark = hmac.new(secret, f"{name}.{sent}.{{}}".encode(), hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }


@pytest.mark.parametrize(
    ("secret", "headers"),
    [
        ("", signed(b"")),
        ("whsec_", signed(b"")),
        ("whsec_密", signed()),
        ("whsec_\ud800", signed()),
        (SECRET, signed() | {"webhook-timestamp": "1" * 5_000}),
        (SECRET, signed() | {"webhook-id": "\ud800"}),
        (SECRET, signed() | {"webhook-signature": "v1,\udcff"}),
        (SECRET, {}),
    ],
)
def test_whatever_can_not_be_read_is_forged(secret: str, headers: dict[str, str]) -> None:
    assert verify(SECRET, signed(), b"{}", now=1000) == {}
    with pytest.raises(Forged):
        verify(secret, headers, b"{}", now=1000)
