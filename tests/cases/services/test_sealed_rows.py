"""Nothing that tells who somebody is lies in clear, in any column of any table or in any file of the home."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.access.actor import requester
from huiyin.cases import ledger, queries
from huiyin.cases.models import Case, Event, Passage
from huiyin.cases.originals import passages_of, read_heading
from huiyin.cases.services import bring_in
from huiyin.cases.services.open import Requester
from huiyin.cases.story import story
from huiyin.people.models import Party
from huiyin.people.parties import contact_of
from huiyin.vault.box import Tampered
from tests.factories.cases import look, sound, take, take_in, walk
from tests.ledger.conftest import faults
from tests.personas import SmallCity

NAME, PHONE, EMAIL = "欧阳霜降", "13912345678", "shuangjiang@example.org"
IDENTITY, PLATE, DOOR = "341282199003076518", "皖K7X9Q2", "12号楼3单元502室"
FILE_NAME, FILE_TEXT = "霜降的房产证.txt", "产权人欧阳霜降"
CANARIES = (NAME, PHONE, EMAIL, IDENTITY, PLATE, DOOR, "霜降", FILE_TEXT)
BODY = f"我叫{NAME}，身份证{IDENTITY}，车牌{PLATE}，住阳光小区{DOOR}，电话{PHONE}，邮箱{EMAIL}。楼道漏水。"


def everything() -> Iterator[tuple[str, bytes]]:
    """Every column of every table, and every file of the home but the database itself, as bytes."""
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*names):
            yield from ((f"{model.__name__}.{name}", _bytes(value)) for name, value in zip(names, row, strict=True))
    for path in Path(settings.HOME).rglob("*"):
        if path.is_file() and "sqlite3" not in path.name:
            yield path.name, path.read_bytes() + path.name.encode()


def _bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value)
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)).encode()


def in_clear() -> list[str]:
    """Where a canary stands."""
    return sorted({f"{where}: {word}" for where, kept in everything() for word in CANARIES if word.encode() in kept})


def test_a_matter_from_the_portal_leaves_nothing_in_clear(hotline: SmallCity, client: Client) -> None:
    form = {
        "key": "a-long-enough-key-of-a-form", "body": BODY, "kind": "complaint", "name": NAME, "phone": PHONE,
        "email": EMAIL, "address": f"阳光小区{DOOR}",
        "photos": SimpleUploadedFile(FILE_NAME, FILE_TEXT.encode(), "text/plain"),
    }  # fmt: skip
    assert client.post("/submit/", form).status_code == 302
    number = Case.objects.get().number
    walk(hotline, number, "accept", "dispatch", "sign", "contact_requester")
    take(hotline, number, "transport_clerk", "note_progress", note=f"已与{NAME}（{PHONE}）约定上门")
    take(hotline, number, "requester", "add_statement", statement=f"我是{NAME}，改打{PHONE}")
    take(hotline, number, "transport_clerk", "complete", claim="solved", reply=f"{NAME}您好，已修好。", evidence=BODY)
    take(hotline, number, "supervisor", "pass_audit")

    assert in_clear() == []
    assert sound(number) == []


def test_a_matter_over_the_api_leaves_nothing_in_clear(hotline: SmallCity, client: Client) -> None:
    said = {
        "title": f"{NAME}反映漏水", "body": BODY, "address": f"阳光小区{DOOR}",
        "requester": {"name": NAME, "phone": PHONE, "email": EMAIL},
    }  # fmt: skip
    made = client.post("/api/v1/cases", said, content_type="application/json", headers={"Idempotency-Key": "k" * 30})

    assert made.status_code == 201
    assert in_clear() == []
    case = Case.objects.get()
    assert (case.title, case.address) == ("〔本人信息〕反映漏水", "阳光小区")


def test_an_imported_file_leaves_nothing_in_clear(hotline: SmallCity, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(f"key,text,place,at\n1,{BODY},阳光小区{DOOR},2021-03-01\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text(
        "name: canary\ntitle: {zh: 试, en: Trial}\norigin: canary\nkey: key\nbody: [text]\naddress: [place]\n"
        "received: {column: at}\n",
        encoding="utf-8",
    )
    mapping = bring_in.load_mapping(tmp_path / "map.yaml")

    report = bring_in.bring_in(file, mapping)

    assert (report.accepted, report.refused) == (1, 0)
    assert in_clear() == []
    assert bring_in.bring_in(file, mapping).unchanged == 1


def test_the_requester_reads_their_own_words_and_staff_the_redacted_ones(hotline: SmallCity) -> None:
    number = take_in(hotline, body=BODY, title=f"{NAME}家漏水", requester=Requester(NAME, PHONE))
    mine, theirs = story(requester(number), number), story(hotline.operator, number)

    assert mine["title"] == f"{NAME}家漏水"
    assert mine["events"][0]["texts"][0]["text"] == BODY
    assert theirs["title"] == "〔本人信息〕家漏水"
    [said] = theirs["events"][0]["texts"]
    assert said["shortened"]
    assert not any(word in said["text"] for word in (PHONE, EMAIL, IDENTITY, PLATE, DOOR))


def test_commitments_are_over_the_originals(hotline: SmallCity) -> None:
    number = take_in(hotline, body=BODY, title="楼道漏水", address=f"阳光小区{DOOR}")
    case = look(number).case
    payload = json.loads(Event.objects.get(case=case, seq=1).payload)

    [body] = passages_of([case.pk])
    heading = read_heading(case)

    assert (body.field, body.text) == ("body", BODY)
    assert payload["texts"] == {"body": ledger.commitment(body.nonce, BODY)}
    assert heading is not None
    assert payload["heading"] == ledger.commitment(heading.nonce, heading.committed())
    assert Passage.objects.get().nonce == "", "in clear it would let anybody try out telephone numbers"


def test_a_ciphertext_swapped_between_rows_is_refused(hotline: SmallCity) -> None:
    first, second = (look(take_in(hotline, body=f"{BODY}{n}")).case for n in range(2))
    Passage.objects.filter(case=first).update(sealed=Passage.objects.get(case=second).sealed)
    Case.objects.filter(pk=first.pk).update(heading=Case.objects.get(pk=second.pk).heading)
    one, other = Party.objects.order_by("pk")
    Party.objects.filter(pk=other.pk).update(key=one.key)

    with pytest.raises(Tampered):
        list(passages_of([first.pk]))
    with pytest.raises(Tampered):
        read_heading(look(first.number).case)
    with pytest.raises(Tampered):
        contact_of(Party.objects.get(pk=other.pk))


def test_reading_a_case_opens_nothing_for_staff(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    number = take_in(hotline, body=BODY)
    Party.objects.update(key=b"\x01\x00\x63broken")

    assert queries.find(hotline.operator, number).case.number == number
    assert story(hotline.operator, number)["number"] == number


def test_the_ledger_verifies_originals_and_names_an_altered_redaction(hotline: SmallCity) -> None:
    number = take_in(hotline, body=BODY)
    assert faults() == []

    Passage.objects.filter(case__number=number).update(text="什么事也没有。")

    assert [(f.row, f.what, f.case) for f in faults()] == [("passage", "altered", number)]
