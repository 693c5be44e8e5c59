"""Sealing: each event in exactly one seal, whatever is open, moved, doubled or killed meanwhile."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from django.conf import LazySettings
from django.db import connection, transaction

from huiyin.audit.models import Entry
from huiyin.audit.services import record
from huiyin.cases.models import Event
from huiyin.cli.ledger import command as ledger
from huiyin.cli.worker import command as worker
from huiyin.kernel import building, clock, home
from huiyin.kernel.building import Building
from huiyin.kernel.canonical import instant_text
from huiyin.kernel.errors import BadInput, Refused
from huiyin.ledger import anchors, sealing, signing
from huiyin.ledger.models import Run, Seal, SealedEntry
from huiyin.ledger.statement import (
    SEAL,
    Sums,
    entry_hash,
    entry_leaf,
    event_leaf,
    receipt_statement,
    seal_hash,
    seal_statement,
)
from tests.conftest import SetClock
from tests.factories.cases import publish_rules, take_in, walk
from tests.ledger.conftest import faults
from tests.personas import SmallCity, build_city


def sealed() -> list[tuple[str, int]]:
    """Every sealed event, as often as it was sealed."""
    return sorted((run.number, seq) for run in Run.objects.all() for seq in range(run.first, run.last + 1))


def recorded() -> list[tuple[str, int]]:
    return sorted(Event.objects.values_list("case__number", "seq"))


def test_each_event_falls_into_exactly_one_seal(record_of: SimpleNamespace, city: SmallCity) -> None:
    sealing.seal()
    walk(city, record_of.late, "dispatch")
    take_in(city, title="又一件")
    sealing.seal()

    assert sealed() == recorded()
    assert sorted(SealedEntry.objects.values_list("entry", flat=True)) == sorted(
        Entry.objects.values_list("pk", flat=True)
    )
    assert [one.number for one in Seal.objects.order_by("number")] == [1, 2, 3]
    assert faults() == []


def test_nothing_new_makes_no_seal(record_of: SimpleNamespace) -> None:
    sealing.seal()

    assert sealing.seal() == []
    assert Seal.objects.count() == 2


def test_a_seal_names_the_one_before_and_is_signed_by_the_home(record_of: SimpleNamespace) -> None:
    (second,) = sealing.seal()
    told = sealing.statement_of(second)

    assert told["previous"] == record_of.seal.hash
    assert told["rehearsal"] is False
    assert signing.is_signed(signing.public_text(signing.own_key()), SEAL, second.statement, second.signature)
    assert not signing.is_signed("00" * 32, SEAL, second.statement, second.signature)


def test_a_rehearsals_seals_carry_its_mark(record_of: SimpleNamespace, settings: LazySettings) -> None:
    settings.REHEARSAL = True
    (second,) = sealing.seal()

    assert json.loads(second.statement)["rehearsal"] is True


def test_a_big_backlog_becomes_several_seals(
    record_of: SimpleNamespace, city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(sealing, "MOST", 5)
    for _ in range(7):
        walk(city, take_in(city), "accept", "dispatch")
        record(actor="user:operator", action="sign_in")
    made = sealing.seal()

    assert len(made) > 5
    assert all(one.events + one.entries <= 5 for one in made)
    assert sealed() == recorded()
    assert SealedEntry.objects.count() == Entry.objects.count()
    assert faults() == []


def test_a_clock_that_was_set_back_hides_nothing(record_of: SimpleNamespace, city: SmallCity, at: SetClock,
                                                 settings: LazySettings) -> None:  # fmt: skip
    settings.REHEARSAL = True
    sealing.seal()
    at("2021-03-01 09:00")
    walk(city, take_in(city), "accept")
    record(actor="user:operator", action="sign_in")
    sealing.seal()

    assert sealed() == recorded()
    assert SealedEntry.objects.count() == Entry.objects.count()
    assert faults() == []


def test_a_daily_pass_looks_back_a_day_and_a_weekly_one_everywhere(
    record_of: SimpleNamespace, city: SmallCity, at: SetClock
) -> None:  # fmt: skip
    sealing.seal(thorough=True)
    last = sealing.last_seal()
    assert last is not None
    clock.install(lambda: last.at - timedelta(days=3))
    forgotten = take_in(city)
    clock.install(lambda: last.at + timedelta(days=1))
    assert sealing.seal() == []

    clock.install(lambda: last.at + timedelta(days=7))
    assert [one.thorough for one in sealing.seal()] == [True]
    assert (forgotten, 1) in sealed()


def test_the_worker_seals_once_a_day_of_the_city(own_home: Path, rules: None, city: SmallCity, at: SetClock) -> None:
    at("2021-09-28 23:50")
    take_in(city)
    assert len(sealing.seal_daily()) == 1
    take_in(city)
    assert sealing.seal_daily() == []

    at("2021-09-29 00:05")
    assert len(sealing.seal_daily()) == 1
    assert sealed() == recorded()


def test_a_home_with_another_key_does_not_go_on_with_the_chain(record_of: SimpleNamespace) -> None:
    (home.path() / "keys" / "ledger").unlink()

    with pytest.raises(Refused) as refused:
        sealing.seal()
    assert refused.value.code == "other_key"
    assert Seal.objects.count() == 1
    assert [(fault.row, fault.seq) for fault in faults()] == [("seal", 1)]


def test_an_event_that_is_no_chain_is_not_sealed_over(record_of: SimpleNamespace) -> None:
    Event.objects.filter(case__number=record_of.late, seq=1).update(hash="not a hash")
    sealing.seal()

    assert [(n, seq) for n, seq in sealed() if n == record_of.late] == []
    assert [(fault.case, fault.seq) for fault in faults()] == [(record_of.late, 1)]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_open_at_the_watermark_comes_into_the_next_seal(own_home: Path) -> None:
    publish_rules()
    city = build_city()
    take_in(city)
    if connection.vendor == "sqlite":
        # One writer at a time: while one is open, the sealer waits for it, and then seals what it wrote.
        take_in(city)
        assert sum(one.events for one in sealing.seal()) == 2
        return
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            take_in(city, title="慢")
            record(actor="user:operator", action="sign_in")
            written.set()
            may_commit.wait(30)
        connection.close()

    held = threading.Thread(target=slow)
    held.start()
    assert written.wait(30)
    record(actor="user:operator", action="sign_out")
    (first,) = sealing.seal()
    may_commit.set()
    held.join()
    (second,) = sealing.seal()

    assert (first.events, first.entries) == (1, 1)
    assert (second.events, second.entries) == (1, 1)
    late = Event.objects.get(case__number=Run.objects.get(seal=second).number)
    assert late.recorded_at < first.at
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_sealers_at_once_one_wins(own_home: Path) -> None:
    publish_rules()
    city = build_city()
    for _ in range(3):
        walk(city, take_in(city), "accept")
    together = threading.Barrier(4)
    came: list[object] = []

    def try_it() -> None:
        together.wait()
        try:
            came.append(len(sealing.seal()))
        except Refused as refused:
            came.append(refused.code)
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert came.count(1) == 1
    assert set(came) <= {1, 0, "sealed_meanwhile"}
    assert sealed() == recorded()
    assert Seal.objects.count() == 1
    assert faults() == []


def test_killed_while_writing_leaves_nothing(record_of: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (Seal.objects.count(), Run.objects.count(), SealedEntry.objects.count())

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(SealedEntry.objects, "bulk_create", dies)
        sealing.seal()

    assert (Seal.objects.count(), Run.objects.count(), SealedEntry.objects.count()) == before
    assert faults() == []


def test_a_history_rewritten_whole_shows_against_an_anchor(record_of: SimpleNamespace, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere.jsonl"
    assert anchors.keep(kept) == 1
    assert faults(kept) == []

    Run.objects.all().delete()
    SealedEntry.objects.all().delete()
    Seal.objects.all().delete()
    sealing.seal()  # by somebody who has home, key and database: all consistent again

    assert faults() == []
    assert [(fault.row, fault.what, fault.seq) for fault in faults(kept)] == [("anchor", "altered", 1)]


def test_seals_cut_off_show_against_the_homes_own_anchors(record_of: SimpleNamespace) -> None:
    sealing.seal()
    anchors.keep(anchors.own_file())
    Run.objects.filter(seal=2).delete()
    SealedEntry.objects.filter(seal=2).delete()
    Seal.objects.filter(number=2).delete()

    assert [(fault.row, fault.what, fault.seq) for fault in faults()] == [("anchor", "removed", 2)]


def test_anchors_are_added_to_and_never_twice(record_of: SimpleNamespace, tmp_path: Path) -> None:
    kept = tmp_path / "a.jsonl"
    anchors.keep(kept)
    first = kept.read_text(encoding="utf-8")
    sealing.seal()

    assert (anchors.keep(kept), anchors.keep(kept)) == (1, 0)
    assert kept.read_text(encoding="utf-8").startswith(first)
    assert [one["number"] for one in anchors.read(kept)] == [1, 2]


@pytest.mark.parametrize(
    "text", ["no json\n", "[]\n", '{"number": "1"}\n', '{"number":1,"hash":1,"statement":"","signature":""}\n']
)
def test_a_file_that_holds_no_anchors_is_refused_by_its_line(
    text: str, record_of: SimpleNamespace, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "bad").write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match="bad:1"):
        faults(tmp_path / "bad")


def test_the_bytes_of_seals_and_receipts_are_pinned() -> None:
    at = datetime(2021, 9, 28, 1, 2, 3, 4, tzinfo=UTC)
    statement = seal_statement(
        2, "ab" * 32, at, Sums(3, "11" * 32, 1, "22" * 32), rehearsal=True, key="0123456789abcdef"
    )
    named = {"case": "210718-000123-4", "seq": 2, "kind": "accept", "recorded_at": instant_text(at), "hash": "cd" * 32}

    assert statement == (
        '{"at":"2021-09-28T01:02:03.000004Z","entries":1,"entries_root":"' + "22" * 32 + '","events":3,"events_root":"'
        + "11" * 32 + '","format":"huiyin-seal/1","key":"0123456789abcdef","number":2,"previous":"' + "ab" * 32
        + '","rehearsal":true}'
    )  # fmt: skip
    assert receipt_statement(named, at, rehearsal=False, key="0123456789abcdef") == (
        '{"case":"210718-000123-4","format":"huiyin-receipt/1","hash":"' + "cd" * 32
        + '","issued_at":"2021-09-28T01:02:03.000004Z","key":"0123456789abcdef","kind":"accept",'
        '"recorded_at":"2021-09-28T01:02:03.000004Z","rehearsal":false,"seq":2}'
    )  # fmt: skip
    assert event_leaf("210718-000123-4", 2, "cd" * 32).hex() == (
        "7e49f05d9ece2c7696862e4f2d2d86695724e18aeff0cbb35e1d3bac02958980"
    )
    assert entry_leaf(7, "ef" * 32).hex() == "95420f53e4a16eac1e71366dafc0dcc5cc8bb948ab812ef31540bc2f9420898a"
    assert entry_hash(7, instant_text(at), "user:a", "sign_in", "", "", "{}") == (
        "8a1d93d8732977f10612370a734046b23dbc8d6995a11ad3fd71f180ab340c93"
    )
    assert seal_hash(statement, "00" * 64) == "3c4cb620481a2a7f32a12f6726d0cc0df091a0b4397d4a67af98acb5b5a9acc4"


def test_a_signature_is_that_of_the_standard_and_bound_to_its_purpose() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = signing.public_text(key)
    signature = signing.sign(key, "huiyin-seal/1", "{}")

    assert public == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert (
        signature == "cfb1a91fa60ed6f7f6f23caa0249e7b072164b96c74651d5f258eca801697eec"
        "78cccbff5435852495f4608a843ae7afc1b794246e5fa2318f8d515104623f09"
    )
    assert signing.is_signed(public, "huiyin-seal/1", "{}", signature)
    assert not signing.is_signed(public, "huiyin-receipt/1", "{}", signature)
    assert not signing.is_signed(public, "huiyin-seal/1", "{} ", signature)
    assert not signing.is_signed(public, "huiyin-seal/1", "{}", "no hex")


def test_init_makes_the_key_readable_by_nobody_else(tmp_path: Path) -> None:
    env = {**os.environ, "HUIYIN_HOME": str(tmp_path)}
    env.pop("HUIYIN_DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "huiyin.cli", "init"], env=env, check=True, capture_output=True)

    assert oct((tmp_path / "keys" / "ledger").stat().st_mode & 0o777) == "0o600"


@pytest.mark.django_db
def test_nothing_is_sealed_by_hand_while_a_city_is_being_built(city: SmallCity) -> None:
    publish_rules()
    take_in(city)
    building.note(Building("small", 1, "", 1, total=10, done=1))
    try:
        for command in (ledger, worker):
            words = ["seal"] if command is ledger else ["--once"]
            refused = CliRunner().invoke(command, words)
            assert isinstance(refused.exception, Refused)
            assert refused.exception.code == "city_not_whole"
        assert (Seal.objects.count(), Run.objects.count()) == (0, 0)
    finally:
        building.whole()

    assert CliRunner().invoke(ledger, ["seal"]).exit_code == 0
    assert Seal.objects.count() == 1


def test_a_worker_waits_until_the_city_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    building.note(Building("small", 1, "", 1, total=10, done=1))
    did = list[str]()

    def sleep(_seconds: float) -> None:
        did.append("waited")
        building.whole()

    def work(*, first: bool) -> None:
        did.append("worked")
        raise KeyboardInterrupt

    monkeypatch.setattr("huiyin.cli.worker.time.sleep", sleep)
    monkeypatch.setattr("huiyin.cli.worker.work", work)
    told = CliRunner().invoke(worker)

    assert "1 of 10" in told.output
    assert did == ["waited", "worked"]
