"""What the administrator's programs do about receivers over HTTP."""

from typing import Any

import pytest
from django.test import Client

from huiyin.access import rights
from huiyin.access.tokens import issue
from huiyin.cases import feed, policies
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.people.models import User
from huiyin.webhooks import sending
from huiyin.webhooks.models import Delivery, Subscription
from tests.factories.cases import take_in, walk
from tests.personas import SmallCity
from tests.webhooks.conftest import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _all_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests write and read in one transaction, whose events the feed would wait for (tests/api/test_feed.py)."""
    monkeypatch.setattr(feed, "_settled", lambda: feed._placed().values_list(*feed._ROW))


def call(token: str, method: str, path: str = "", data: Any = None) -> Any:
    """`/api/v1/webhooks{path}` by a program."""
    body = {"content_type": "application/json", "data": data} if data is not None else {}
    headers = {"Authorization": f"Bearer {token}"}
    return getattr(Client(), method)(f"/api/v1/webhooks{path}", headers=headers, **body)


def test_a_program_subscribes_watches_and_mends(
    hotline: SmallCity, machine: User, receiver: Receiver, own_network: None
) -> None:
    token = issue(hotline.users["administrator"], "运维", scopes=[rights.MANAGE_WEBHOOKS])
    wanted = {"name": "平台", "url": receiver.url, "username": "platform", "kinds": ["accept", "dispatch"]}
    made = call(token, "post", data=wanted)
    key = made.json()["id"]
    number, other = take_in(hotline), take_in(hotline)
    walk(hotline, number, "accept", "dispatch")
    walk(hotline, other, "accept")
    sending.queue(Subscription.objects.get())
    Delivery.objects.filter(kind="accept").update(dead_at=clock.now(), due_at=None, last_error="422 no")

    (listed,) = call(token, "get").json()
    dead = call(token, "get", f"/{key}/dead-letters").json()
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert (listed["waiting"], listed["dead"], listed["kinds"]) == (3, 2, ["accept", "dispatch"])
    assert "secret" not in listed
    assert [(one["number"], one["seq"], one["last_error"]) for one in dead["items"]] == [
        (number, 2, "422 no"), (other, 2, "422 no"),
    ]  # fmt: skip
    assert dead["next_cursor"] is None

    first, second = (one["delivery"] for one in dead["items"])
    assert call(token, "post", f"/{key}/retry?delivery={first}").json() == {"deliveries": 1}
    assert [call(token, "delete", f"/{key}/dead-letters/{second}").status_code for _ in range(2)] == [204, 404]
    sending.work()
    assert receiver.events() == [(number, 2), (number, 3)]
    since = (clock.now().replace(microsecond=0)).isoformat()
    assert call(token, "post", f"/{key}/replay", {"since": since}).json() == {"deliveries": 2}
    assert call(token, "post", f"/{key}/replay", {"since": "2021-03-02T10:00:00"}).status_code == 422
    turned = call(token, "post", f"/{key}/secret").json()
    assert turned["secret"] != made.json()["secret"]
    assert turned["former_until"]
    assert call(token, "delete", f"/{key}").status_code == 204
    assert call(token, "post", f"/{key}/secret").status_code == 409


def test_numbers_of_what_is_kept_from_people_are_not_told(hotline: SmallCity, told: Subscription) -> None:
    take_in(hotline)
    sending.queue(told)
    Delivery.objects.update(dead_at=clock.now(), due_at=None)
    hidden = Delivery.objects.get()
    Case.objects.filter(number=hidden.number).update(confidentiality="sealed")

    token = issue(hotline.users["administrator"], "运维")
    dead = call(token, "get", f"/{told.pk}/dead-letters")

    assert dead.json()["items"][0]["number"] is None
    assert hidden.number not in dead.content.decode()


def test_only_a_token_for_it_looks_after_receivers(hotline: SmallCity, told: Subscription) -> None:
    narrow = issue(hotline.users["administrator"], "别的", scopes=[policies.READ_ALL])
    desk = issue(hotline.users["supervisor"], "台")
    said = {"name": "x", "url": told.url, "username": "platform"}

    for token, one in ((narrow, 403), (desk, 404)):
        answers = [call(token, "get"), call(token, "post", data=said)]
        about = [call(token, "post", f"/{told.pk}/secret"), call(token, "delete", f"/{told.pk}")]
        assert [answer.status_code for answer in answers + about] == [403, 403, one, one]
    told.refresh_from_db()
    assert (told.ended_at, told.former, Subscription.objects.count()) == (None, None, 1)
