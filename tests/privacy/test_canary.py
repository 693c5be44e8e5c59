"""Somebody unmistakable goes through every door; afterwards nothing of them stands in clear anywhere, and nobody
without the right is shown it.
"""

import logging
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.access.tokens import issue
from huiyin.calls.models import Call
from huiyin.cases.models import Case
from huiyin.cases.services import bring_in
from huiyin.cases.services.reveal import reveal
from huiyin.cases.services.sweep import sweep
from huiyin.cases.web.forms import KINDS
from huiyin.ledger import sealing
from huiyin.notices.services import deliver
from tests.cases.services.test_sealed_rows import (
    BODY,
    CANARIES,
    DOOR,
    EMAIL,
    FILE_NAME,
    FILE_TEXT,
    NAME,
    PHONE,
    everything,
)
from tests.conftest import SetClock
from tests.factories.cases import sound, take, walk
from tests.personas import SmallCity
from tests.privacy.canary import whole_database

TOLD = {"name": NAME, "phone": PHONE, "email": EMAIL}
KEY = "a-long-enough-key-of-a-form-"


def through_the_portal(client: Client) -> str:
    """A matter with a file, something added, and a request to correct their data. The matter's number."""
    photo = SimpleUploadedFile(FILE_NAME, FILE_TEXT.encode(), "text/plain")
    said = {"key": f"{KEY}1", "body": BODY, "kind": "complaint", "address": f"阳光小区{DOOR}", "photos": photo, **TOLD}
    assert client.post("/submit/", said).status_code == 302
    number = Case.objects.latest("pk").number
    added = {"key": f"{KEY}2", "statement": f"我是{NAME}，改打{PHONE}"}
    assert client.post(f"/track/{number}/add_statement/", added).status_code == 302
    letter = {"key": f"{KEY}3", "title": f"{NAME}的信", "body": BODY, "kind": "help", "addressed_to": "mayor", **TOLD}
    assert client.post("/mailbox/", letter).status_code == 302
    asked = {"key": f"{KEY}4", "wish": "correct", "body": f"{NAME}改号码", "address": f"阳光小区{DOOR}", **TOLD}
    assert client.post(f"/track/{number}/my-data/", asked).status_code == 302
    return number


def at_the_desk(client: Client, city: SmallCity) -> None:
    """A call, a letter on paper, a request at the counter, a search by telephone."""
    client.force_login(city.users["operator"])
    call = {"key": f"{KEY}5", "channel": "phone", "urgency": "normal", "body": BODY, "kind": next(iter(KINDS)), **TOLD}
    assert client.post("/desk/new/", {**call, "title": f"{NAME}来电"}).status_code == 302
    number = Case.objects.latest("pk").number
    scan = SimpleUploadedFile(FILE_NAME, FILE_TEXT.encode(), "text/plain")
    paper = {"key": f"{KEY}6", "body": BODY, "kind": "help", "addressed_to": "mayor", "photos": scan, **TOLD}
    assert client.post("/desk/letters/new/", paper).status_code == 302
    asked = {"key": f"{KEY}7", "wish": "copy", "channel": "counter", "identity": "document", "body": BODY}
    assert client.post("/desk/privacy/new/", {**asked, "matters": number}).status_code == 302
    client.post("/desk/cockpit/seat/", {"do": "write", "number": PHONE})
    rang = Call.objects.get()
    said = {"turn": "0", "body": BODY, "kind": "help", "urgency": "normal", "name": NAME, "step": "taken_in"}
    for path, given in (
        ("draft", said), ("do", {"do": "flag", "kind": "insults", "note": BODY}), ("do", {"do": "show"}),
        ("do", {"do": "whisper", "text": f"{NAME}，{PHONE}"}), ("save", said),
    ):  # fmt: skip
        assert client.post(f"/desk/cockpit/{rang.pk}/{path}/", given).status_code in {200, 302}, given
    assert client.post("/desk/caller/", {"phone": PHONE}).status_code == 200
    assert client.post(f"/desk/{number}/contact/", {"reason": f"联系{NAME}，{PHONE}"}).status_code == 200


def over_the_api(client: Client, city: SmallCity) -> None:
    """A matter, a letter, a file, a caller."""
    said = {"title": f"{NAME}反映漏水", "body": BODY, "address": f"阳光小区{DOOR}", "requester": TOLD}
    once = {"Idempotency-Key": "k" * 30, "Authorization": f"Bearer {issue(city.users['operator'], '试')}"}
    for path in ("cases", "letters"):
        made = client.post(f"/api/v1/{path}", said, content_type="application/json", headers=once)
        assert made.status_code == (201 if path == "cases" else 409), "one key, one thing"
    file = SimpleUploadedFile(FILE_NAME, FILE_TEXT.encode(), "text/plain")
    assert client.post("/api/v1/files", {"file": file}, headers=once).status_code == 201
    found = client.post("/api/v1/callers", {"phone": PHONE}, content_type="application/json", headers=once)
    assert found.status_code == 200


def by_import(folder: Path) -> None:
    """A row of a file."""
    file = folder / "in.csv"
    file.write_text(f"key,text,place,at\n1,{BODY},阳光小区{DOOR},2021-03-01\n", encoding="utf-8")
    (folder / "map.yaml").write_text(
        "name: canary\ntitle: {zh: 试, en: Trial}\norigin: canary\nkey: key\nbody: [text]\naddress: [place]\n"
        "received: {column: at}\n",
        encoding="utf-8",
    )
    assert bring_in.bring_in(file, bring_in.load_mapping(folder / "map.yaml")).accepted == 1


def led_to_its_end(city: SmallCity, number: str) -> None:
    """Everybody writes the person's name into everything they do."""
    walk(city, number, "accept", "dispatch", "sign", "contact_requester")
    take(city, number, "transport_clerk", "note_progress", note=f"已与{NAME}（{PHONE}）约定上门")
    take(city, number, "leader", "instruct", instruction=f"请尽快答复{NAME}")
    take(city, number, "transport_clerk", "complete", claim="solved", reply=f"{NAME}您好，已修好。", evidence=BODY)
    take(city, number, "supervisor", "pass_audit")
    given = {"reached": "reached", "solved": "yes", "satisfied": "yes"}
    take(city, number, "callback_clerk", "record_callback", **given)
    reveal(actor=city.transport_clerk, number=number, reason="call", note=f"找{NAME}")


def in_clear(places: list[tuple[str, bytes]]) -> list[str]:
    """Where a canary stands."""
    return sorted({f"{where}: {word}" for where, kept in places for word in CANARIES if word.encode() in kept})


def shown_to_those_without_the_right(client: Client, city: SmallCity, number: str) -> list[tuple[str, bytes]]:
    """What visitors, other units and even the desk are shown without giving a reason."""
    client.logout()
    public = ("", "track/", "answers/", "duties/", "ledger/", "api/v1/answers", "api/v1/ledger/seals")
    found = [(path, client.get(f"/{path}").content) for path in public]
    case = f"desk/{number}/"
    pages = ("desk/", case, f"{case}my-data/", f"{case}receipts/", "desk/export/?view=all", "desk/echo/")
    calls = (
        "cases?view=all",
        f"cases/{number}",
        f"cases/{number}/events",
        f"cases/{number}/related",
        "events",
        "audit",
    )
    for persona in ("housing_clerk", "transport_clerk", "dispatcher", "supervisor", "auditor"):
        client.force_login(city.users[persona])
        token = {"Authorization": f"Bearer {issue(city.users[persona], '试')}"}
        found += [(f"{persona} {path}", client.get(f"/{path}").getvalue()) for path in pages]
        found += [(f"{persona} {path}", client.get(f"/api/v1/{path}", headers=token).content) for path in calls]
    return found


def test_nothing_of_an_unmistakable_person_stands_in_clear(
    own_home: Path, hotline: SmallCity, client: Client, at: SetClock, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    number = through_the_portal(client)
    at_the_desk(client, hotline)
    over_the_api(client, hotline)
    by_import(tmp_path)
    led_to_its_end(hotline, number)
    at("2021-04-30 09:30")
    sweep()
    sealing.seal()
    sent = deliver()

    assert Case.objects.count() == 9
    assert sent.sent > 5
    assert {address for one in mail.outbox for address in one.to} == {EMAIL}, "only the person themselves is written to"
    assert in_clear(list(everything())) == []
    assert in_clear(whole_database()) == []
    assert in_clear([("log", caplog.text.encode()), ("out", "".join(capsys.readouterr()).encode())]) == []
    assert in_clear(shown_to_those_without_the_right(client, hotline, number)) == []
    assert sound(number) == []
