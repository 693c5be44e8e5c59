"""A home made before the vault: what lay in clear is sealed, and a killed migration is simply run again."""

import hashlib
import importlib
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huiyin.cases import ledger
from huiyin.cases.models import Case, Event, Passage
from huiyin.cases.originals import passages_of, read_heading
from huiyin.files.models import File
from huiyin.files.services import name_of, open_bytes
from huiyin.notices.models import Notice
from huiyin.notices.services import words_of
from huiyin.people.models import Party
from huiyin.people.parties import Contact, contact_of
from huiyin.vault.index import keyed_digest, phone_index

BEFORE = [
    ("cases", "0009_find_steps_and_unsigned_by_index"), ("notices", "0001_initial"),
    ("files", "0002_file_attached_file_file_loose"), ("people", "0001_initial"),
]  # fmt: skip
WHEN = datetime(2021, 7, 18, 1, 30, tzinfo=UTC)
BODY = "我叫何立秋，电话13912345678，楼道漏水。"
PAPER = b"%PDF-1.4 in clear\n%%EOF\n"
NONCE = "ab" * 16


def to(targets: list[tuple[str, str]]) -> Any:
    """The database and its models as of those migrations."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def latest() -> list[tuple[str, str]]:
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes())


def fill(old: Any, count: int) -> None:
    """Rows as they were: `count` cases with a requester, and one anonymous."""
    party, case, event = (old.get_model(*name) for name in (("people", "Party"), ("cases", "Case"), ("cases", "Event")))
    for n in range(count + 1):
        who = None
        if n < count:
            who = party.objects.create(
                name="何立秋", phone="139 1234 5678", email="he@example.org", address="3号楼2单元501室"
            )
        one = case.objects.create(
            number=f"210718-{n:06}-0", access_code_hash="", procedure="hotline@1", policy="p@1", state="received",
            channel="web", kind="help", title="何立秋家漏水" if who else "漏水", requester=who,
            address="阳光小区3号楼2单元501室",
            received_at=WHEN, origin="old", origin_key=str(n), origin_digest="c" * 64,
        )  # fmt: skip
        event.objects.create(
            case=one, seq=1, kind="receive", actor="anonymous", occurred_at=WHEN, recorded_at=WHEN, payload="{}",
            previous="", hash="", request_key=f"{n:064}", request_digest="d" * 64,
        )  # fmt: skip
        old.get_model("cases", "Passage").objects.create(case=one, seq=1, field="body", text=BODY, nonce=NONCE)
        if who:
            old.get_model("notices", "Notice").objects.create(
                case_number=one.number, kind="accepted", recipient_key=f"party:{who.pk}", address="he@example.org",
                subject="已受理", body="何立秋您好", language="zh-hans", created_at=WHEN,
            )  # fmt: skip
    digest = hashlib.sha256(PAPER).hexdigest()
    path = Path(settings.HOME) / "files" / digest[:2] / digest[2:4] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PAPER)
    old.get_model("files", "File").objects.create(
        sha256=digest, size=len(PAPER), media_type="application/pdf", name="何立秋.pdf", created_at=WHEN, created_by="a"
    )


@pytest.mark.django_db(transaction=True)
def test_old_rows_are_sealed_redacted_and_still_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    step = importlib.import_module("huiyin.cases.migrations.0011_seal_originals")
    fill(to(BEFORE), 3)
    monkeypatch.setattr(step, "BATCH", 2)
    killed = kill_after_first_batch(step, monkeypatch)

    with pytest.raises(KeyboardInterrupt):
        to(latest())
    assert killed == [2]
    to(latest())

    anonymous = Case.objects.select_related("requester").get(number="210718-000003-0")
    named = Case.objects.select_related("requester").filter(requester__kind="person")
    assert (named.count(), anonymous.requester.anonymous) == (3, True)
    for case in named:
        heading = read_heading(case)
        assert (case.title, case.address) == ("〔本人信息〕家漏水", "阳光小区")
        assert heading is not None
        assert (heading.title, heading.address) == ("何立秋家漏水", "阳光小区3号楼2单元501室")
        assert contact_of(case.requester) == Contact("何立秋", "139 1234 5678", "he@example.org", "3号楼2单元501室")
        assert case.requester.phone_index == phone_index("13912345678")
        [said] = passages_of([case.pk])
        assert (said.text, said.nonce) == (BODY, NONCE)
        assert ledger.commitment(said.nonce, BODY) == ledger.commitment(NONCE, BODY)
    assert {row.text for row in Passage.objects.filter(case__in=named)} == {
        "我叫〔本人信息〕，电话〔电话〕，楼道漏水。"
    }
    assert {words_of(notice) for notice in Notice.objects.all()} == {("已受理", "何立秋您好")}
    file = File.objects.get()
    assert (open_bytes(file).read(), name_of(file)) == (PAPER, "何立秋.pdf")
    assert [p.name for p in (Path(settings.HOME) / "files").rglob(file.sha256)] == []
    assert set(Case.objects.values_list("origin_digest", flat=True)) == {keyed_digest("c" * 64)}
    assert set(Event.objects.values_list("request_digest", flat=True)) == {keyed_digest("d" * 64)}
    assert Party.objects.count() == 4


def kill_after_first_batch(step: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the first batch of cases through and stop in the second."""
    done: list[int] = []
    real = step._seal_passages

    def once(apps: Any, cases: list[Any]) -> None:
        if done:
            monkeypatch.setattr(step, "_seal_passages", real)
            raise KeyboardInterrupt
        done.append(len(cases))
        real(apps, cases)

    monkeypatch.setattr(step, "_seal_passages", once)
    return done
