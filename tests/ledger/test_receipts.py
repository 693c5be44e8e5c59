"""Receipts: for whom, for what, and what they prove with nothing but the published key."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from huiyin.access.actor import requester
from huiyin.access.tokens import issue
from huiyin.audit.models import Entry
from huiyin.cases.models import Case, Event
from huiyin.cases.services.open import hash_code
from huiyin.kernel.errors import NotFound
from huiyin.ledger import offline, receipts, sealing, signing
from tests.factories.cases import case_in, take, take_in, walk
from tests.personas import SmallCity

CODE = "AAAA33CCDD"


def public() -> str:
    return signing.public_text(signing.own_key())


def with_code(number: str) -> None:
    Case.objects.filter(number=number).update(access_code_hash=hash_code(number, CODE))


def seqs(number: str) -> list[tuple[int, str]]:
    _dossier, found = receipts.listed(requester(number), number)
    return [(one.event.seq, one.event.kind) for one in found]


def test_a_receipt_is_there_for_what_was_told_to_the_requester(record_of: SimpleNamespace, city: SmallCity) -> None:
    take(city, record_of.whole, "requester", "urge")

    assert seqs(record_of.whole) == [
        (1, "receive"), (2, "accept"), (6, "note_progress"), (7, "complete"), (8, "urge"),
    ]  # fmt: skip


def test_internal_acts_have_none_in_the_same_words_as_acts_that_are_not_there(record_of: SimpleNamespace) -> None:
    number = record_of.half
    said = []
    for seq in (3, 4, 7, 99, 0):
        with pytest.raises(NotFound) as refused:
            receipts.receipt(requester(number), number, seq)
        said.append((refused.value.code, str(refused.value)))

    assert Event.objects.get(case__number=number, seq=7).kind == "bar"
    assert len(set(said)) == 1


def test_a_receipt_tells_nothing_but_number_act_instant_and_hash(record_of: SimpleNamespace) -> None:
    found = receipts.receipt(requester(record_of.late), record_of.late)
    event = Event.objects.get(case__number=record_of.late, seq=2)

    assert set(found) == {"statement", "signature"}
    assert set(found["statement"]) == {
        "format", "case", "seq", "kind", "recorded_at", "hash", "issued_at", "rehearsal", "key",
    }  # fmt: skip
    assert (found["statement"]["hash"], found["statement"]["seq"]) == (event.hash, 2)


def test_a_receipt_holds_before_and_after_sealing(record_of: SimpleNamespace) -> None:
    number = record_of.late
    early = receipts.receipt(requester(number), number, 1)
    (seal,) = sealing.seal()
    later = receipts.receipt(requester(number), number, 1)

    first, second = (offline.check(json.dumps(one, ensure_ascii=False), public()) for one in (early, later))
    assert (first.ok, first.seal) == (True, None)
    assert (second.ok, second.seal, second.seal_hash) == (True, seal.number, seal.hash)


def test_every_receiptable_event_of_a_seal_has_its_own_proof(record_of: SimpleNamespace) -> None:
    sealing.seal()
    for number in (record_of.whole, record_of.half, record_of.late):
        for seq, _kind in seqs(number):
            found = receipts.receipt(requester(number), number, seq)
            checked = offline.check(json.dumps(found), public())

            assert (checked.faults, checked.told["seq"]) == ((), seq)


def changed(receipt: dict[str, Any], path: tuple[str, ...], value: object) -> str:
    told = json.loads(json.dumps(receipt))
    inner = told
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return json.dumps(told)


@pytest.mark.parametrize(("path", "value"), [
    (("statement", "case"), "210101-000001-0"), (("statement", "seq"), 2), (("statement", "kind"), "close"),
    (("statement", "recorded_at"), "2020-01-01T00:00:00.000000Z"), (("statement", "hash"), "00" * 32),
    (("statement", "rehearsal"), True), (("statement", "format"), "huiyin-seal/1"), (("signature",), "00" * 64),
    (("signature",), ""), (("seal", "statement", "events_root"), "00" * 32), (("seal", "statement", "number"), 9),
    (("seal", "signature"), "00" * 64), (("proof", "index"), 0), (("proof", "index"), -1), (("proof", "path"), []),
    (("proof", "path"), ["zz"]), (("proof",), None), (("seal",), None), (("statement",), []),
    (("statement", "seq"), "x"),
    (("proof", "index"), 10**30), (("statement", "extra"), 1.5),
])  # fmt: skip
def test_a_receipt_with_one_thing_changed_does_not_hold(
    path: tuple[str, ...], value: object, record_of: SimpleNamespace
) -> None:  # fmt: skip
    whole = receipts.receipt(requester(record_of.half), record_of.half, 1)

    assert offline.check(json.dumps(whole), public()).ok
    checked = offline.check(changed(whole, path, value), public())
    assert not checked.ok
    assert checked.faults


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "{", '"x"', '{"statement": 1, "signature": 2}'])
def test_what_is_no_receipt_is_said_to_be_none(text: str) -> None:
    assert offline.check(text, "00" * 32).faults == ("this isn't a receipt.",)


def test_another_key_does_not_check_it(record_of: SimpleNamespace) -> None:
    whole = receipts.receipt(requester(record_of.half), record_of.half, 1)

    assert offline.check(json.dumps(whole), "11" * 32).faults == (
        "this key didn't sign the receipt.", "this key didn't sign the seal.",
    )  # fmt: skip


def test_a_receipt_is_checked_without_home_and_database(record_of: SimpleNamespace, tmp_path: Path) -> None:
    whole = receipts.receipt(requester(record_of.half), record_of.half, 1)
    (tmp_path / "receipt.json").write_text(json.dumps(whole), encoding="utf-8")
    (tmp_path / "key.txt").write_text(public() + "\n", encoding="utf-8")
    (tmp_path / "bad.json").write_text(changed(whole, ("statement", "seq"), 2), encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN", "DJANGO"))}
    env["HUIYIN_HOME"] = "/proc/nowhere"
    env["HUIYIN_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"

    def run(file: str, key: str, *more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "huiyin.cli", "ledger", "receipt", "--verify", file, "--key", key, *more]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    good, bad, wrong = (
        run("receipt.json", "key.txt"),
        run("bad.json", "key.txt", "--json"),
        run("receipt.json", "nokey"),
    )
    assert good.returncode == 0, good.stderr
    assert good.stdout.startswith(f"ok: {record_of.half} #1")
    assert f"in seal 1, {record_of.seal.hash}" in good.stdout
    assert run("receipt.json", public()).returncode == 0
    assert (bad.returncode, json.loads(bad.stdout)["ok"]) == (1, False)
    assert wrong.returncode == 2
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "home") == ["bad.json", "key.txt", "receipt.json"]


def test_a_receipt_is_checked_by_the_program_in_the_guide_that_has_nothing_of_ours(
    record_of: SimpleNamespace, tmp_path: Path
) -> None:
    guide = (Path(__file__).parents[2] / "docs/how-to/verify-the-record.md").read_text(encoding="utf-8")
    program = guide.partition("```python\n")[2].partition("```")[0]
    imported = re.findall(r"^(?:from|import) (.+)", program, re.MULTILINE)
    assert imported == [
        "json, sys", "hashlib import sha256",
        "cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey",
    ]  # fmt: skip
    (tmp_path / "check.py").write_text(program, encoding="utf-8")
    (tmp_path / "key.txt").write_text(public(), encoding="utf-8")
    sealed = receipts.receipt(requester(record_of.half), record_of.half, 1)
    fresh = receipts.receipt(requester(record_of.late), record_of.late, 1)

    def run(text: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "r.json").write_text(text, encoding="utf-8")
        command = [sys.executable, "-I", "check.py", "r.json", "key.txt"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    good = run(json.dumps(sealed))
    assert good.stdout.splitlines()[0] == f"in seal 1 {record_of.seal.hash}", good.stderr
    assert good.stdout.splitlines()[1].startswith(f"ok: {record_of.half} 1 ")
    assert run(json.dumps(fresh)).stdout.startswith(f"ok: {record_of.late} 1 ")
    for where, value in (
        (("statement", "seq"), 2),
        (("seal", "statement", "events_root"), "00" * 32),
        (("proof", "index"), 0 if sealed["proof"]["index"] else 1),
    ):
        assert run(changed(sealed, where, value)).returncode == 1, where


def test_the_requester_gets_it_with_the_code_and_staff_who_may_read_the_case(
    record_of: SimpleNamespace, city: SmallCity
) -> None:  # fmt: skip
    number, api = record_of.half, Client()
    with_code(number)
    address = f"/api/v1/cases/{number}/receipts/1"

    def asked(**headers: str) -> int:
        return api.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()}).status_code

    def token(persona: str) -> str:
        return f"Bearer {issue(city.users[persona], 'test')}"

    assert asked(X_Access_Code=CODE) == 200
    assert asked(X_Access_Code="AAAA33CCDE") == 404
    assert asked() == 401
    assert asked(Authorization=token("operator")) == 200
    assert asked(Authorization=token("transport_clerk")) == 200
    assert asked(Authorization=token("stranger")) == 404
    assert asked(Authorization=token("housing_clerk")) == 404
    listed = api.get(f"/api/v1/cases/{number}/receipts", headers={"X-Access-Code": CODE}).json()
    assert [(one["seq"], one["sealed"]) for one in listed] == [(1, True), (2, True), (6, True), (8, False)]


def test_a_sealed_accusation_gives_receipts_to_its_requester_alone(record_of: SimpleNamespace, city: SmallCity) -> None:
    number = case_in(city, "in_examination")

    assert receipts.receipt(requester(number), number, 1)["statement"]["case"] == number
    with pytest.raises(NotFound):
        receipts.receipt(city.operator, number, 1)


def test_pages_give_receipts_to_who_has_shown_the_code(record_of: SimpleNamespace, client: Client) -> None:
    number = record_of.half
    with_code(number)
    address = f"/track/{number}/receipts/"

    assert client.get(address).headers["Location"] == f"/track/?number={number}"
    client.post("/track/", {"number": number, "code": CODE})
    page = client.get(f"/track/{number}/").content.decode()
    listed = client.get(address).content.decode()
    one = client.get(f"{address}1/").content.decode()
    kept = client.get(f"{address}1/file/")
    assert f'href="{address}"' in page
    assert [f"{address}{seq}/" in listed for seq in (1, 2, 3, 6, 7)] == [True, True, False, True, False]
    assert Event.objects.get(case__number=number, seq=1).hash in one
    assert kept.headers["Content-Disposition"] == f'attachment; filename="receipt-{number}-1.json"'
    assert offline.check(kept.content.decode(), public()).ok
    assert client.get(f"{address}3/").status_code == 404
    assert client.get(f"{address}{10**30}/").status_code == 404
    assert client.get(f"/track/{record_of.whole}/receipts/").status_code == 302


def test_pages_give_staff_what_they_may_read(record_of: SimpleNamespace, client: Client, city: SmallCity) -> None:
    address = f"/desk/{record_of.half}/receipts/"
    assert client.get(address).status_code == 302
    client.force_login(city.users["transport_clerk"])
    assert f'href="{address}"' in client.get(f"/desk/{record_of.half}/").content.decode()
    assert f'href="{address}1/"' in client.get(address).content.decode()
    assert client.get(f"{address}1/").status_code == 200
    assert client.get(f"{address}3/").status_code == 404
    client.force_login(city.users["stranger"])
    assert [client.get(address + more).status_code for more in ("", "1/", "1/file/")] == [404, 404, 404]


def test_seals_and_key_are_public(record_of: SimpleNamespace, client: Client, city: SmallCity) -> None:
    page = client.get("/ledger/").content.decode()
    seals = client.get("/api/v1/ledger/seals").json()
    told = client.get("/api/v1/ledger/key").json()
    lines = b"".join(client.get("/ledger/seals.jsonl").streaming_content).decode().splitlines()  # type: ignore[attr-defined]

    assert record_of.seal.hash in page
    assert record_of.seal.blind not in page + json.dumps(seals) + "".join(lines)
    assert [one["hash"] for one in seals["items"]] == [record_of.seal.hash]
    assert seals["next_after"] is None
    assert client.get("/api/v1/ledger/seals?after=1").json()["items"] == []
    assert (told["public_key"], told["key"]) == (public(), signing.key_id(public()))
    assert client.get("/ledger/key.txt").content.decode() == public() + "\n"
    assert [json.loads(line)["number"] for line in lines] == [1]
    assert client.get("/ledger/?before=x").status_code == 200
    assert client.get("/ledger/?before=1").status_code == 200
    assert client.get(f"/api/v1/ledger/seals?after={10**20}").status_code == 422


def test_who_signs_in_and_out_reveals_and_exports_is_in_the_audit(
    record_of: SimpleNamespace, client: Client, city: SmallCity
) -> None:  # fmt: skip
    Entry.objects.all().delete()
    user = city.users["operator"]
    user.set_password("a long password of ours")
    user.save()
    client.post("/sign-in/", {"username": "operator", "password": "wrong"})
    client.post("/sign-in/", {"username": "operator", "password": "a long password of ours"})
    b"".join(client.get("/desk/export/?view=all").streaming_content)  # type: ignore[attr-defined]
    client.post(f"/desk/{record_of.half}/contact/", {"reason": "核对地址"})
    client.post("/sign-out/")
    client.post("/sign-out/")

    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "sign_in_failed", "sign_in", "export_worklist", "export_ended", "reveal_contact", "sign_out",
    ]  # fmt: skip
    assert sum(one.entries for one in sealing.seal()) == 6


def test_a_new_case_has_its_receipt_at_once(own_home: Path, rules: None, city: SmallCity) -> None:
    number = take_in(city)
    walk(city, number, "accept")

    assert [seq for seq, _kind in seqs(number)] == [1, 2]
