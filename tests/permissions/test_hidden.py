"""What doesn't exist for somebody answers like a number that was never given: same words, same headers, same cost."""

import re
from collections.abc import Iterable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.permissions import permissions
from huiyin.cases.services.act import act
from huiyin.kernel.errors import BadInput
from tests.permissions.world import NOT_THERE, World

pytestmark = pytest.mark.django_db

KEPT_FROM = [
    ("none", "stranger"), ("none", "auditor"), ("conduct", "transport_head"), ("conduct", "bus_clerk"),
    ("wrongdoing", "transport_head"), ("wrongdoing", "supervisor"), ("wrongdoing", "administrator"),
    ("named", "transport_head"), ("named", "transport_clerk"),
]  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE")
PROBING = {"If-Match": '"1"', "Idempotency-Key": "probe", "HX-Request": "true", "Accept-Language": "en"}
KEY = "01a21342-af5a-7315-9345-cca95d033f77"


def addresses() -> Iterable[str]:
    """Every address that names a matter, with the number left open."""
    stated = permissions()
    for name in (*stated.web, *stated.api):
        if "number" in name:
            route = name.rpartition(" ")[2]
            filled = re.sub(r"<\w+:(\w+)>|{(\w+)}", lambda m: "{" + (m[1] or m[2]) + "}", route)
            yield "/" + filled.replace("{key}", KEY).replace("{action}", "step_aside").replace("{seq}", "2").lstrip("/")


def heard(browser: Client, method: str, address: str, number: str, headers: dict[str, str]) -> tuple[object, ...]:
    """Everything that whoever asks can notice, with the number itself and the form's own token taken out."""
    where = address.replace("{number}", number)
    with CaptureQueriesContext(connection) as taken:
        got = browser.generic(method, where, b"", headers=headers)
    text = b"" if got.streaming else got.content
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text.decode()).replace(number, "")
    told = {name: value.replace(number, "") for name, value in got.headers.items() if name != "Expires"}
    # A process asks every three seconds, whoever calls, whether its reference data have changed.
    asked = [one["sql"] for one in taken.captured_queries if "org_revision" not in one["sql"]]
    # PostgreSQL's driver tells of a statement with its parameters beside it or not, as it happens.
    bare = [re.sub(r"^QUERY = '(.*)' - PARAMS = .*$", r"\1", sql, flags=re.DOTALL).replace("%s", "$") for sql in asked]
    statements = [re.sub(r"'[^']*'|\b\d[\d-]*\b", "", sql) for sql in bare]
    return got.status_code, body, told, statements


@pytest.mark.parametrize(("matter", "who"), KEPT_FROM)
def test_a_hidden_matter_answers_like_a_number_never_given(world: World, matter: str, who: str) -> None:
    number, browser = world.numbers[matter], world.browser(who)
    token, different = dict(world.headers(who)), []
    for address in addresses():
        headers = PROBING | (token if address.startswith("/api/") else {})
        for method in METHODS:
            heard(browser, method, address, NOT_THERE, headers)  # reads what the process keeps
            pair = [heard(browser, method, address, each, headers) for each in (number, NOT_THERE)]
            if pair[0] != pair[1]:
                different.append((method, address, *(a for a in zip(*pair, strict=True) if a[0] != a[1])))

    assert different == []


@pytest.mark.parametrize(("action", "field"), [("merge", "main"), ("link_repeat", "earlier")])
def test_naming_a_hidden_matter_is_like_naming_one_that_is_not_there(world: World, action: str, field: str) -> None:
    told = []
    for number in (NOT_THERE, world.numbers["wrongdoing"], NOT_THERE):
        with CaptureQueriesContext(connection) as taken, pytest.raises(BadInput) as caught:
            act(actor=world.actor("dispatcher"), number=world.other, action=action, given={field: number})
        told.append(([str(e.message).replace(number, "") for e in caught.value.fields], len(taken)))

    assert told[1] == told[2]
