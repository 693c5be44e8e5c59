"""A small city with a few matters, texts, a file, a bar and an audit: all that can be tampered with."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import LazySettings

from huiyin.audit.services import record
from huiyin.files.services import store
from huiyin.kernel import home
from huiyin.ledger import sealing
from huiyin.ledger.models import Seal
from huiyin.ledger.verify import Fault, Looked, check
from tests.factories.cases import publish_rules, take, take_in, walk
from tests.personas import SmallCity


def faults(*anchors: Path, deep: bool = True) -> list[Fault]:
    """What a verification finds."""
    return list(check(Looked(), anchors=anchors, deep=deep))


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Path:
    """A home of the test's own, with keys."""
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path / "home"))
    home.create(rehearsal=False)
    settings.HOME = home.path()
    settings.REHEARSAL = False
    return home.path()


@pytest.fixture
def rules(db: None) -> None:
    """The packaged procedures and limits."""
    publish_rules()


@pytest.fixture
def record_of(own_home: Path, rules: None, city: SmallCity) -> SimpleNamespace:
    """Three matters: one sealed whole, one sealed half, one not sealed; two audit entries sealed, one not."""
    whole = take_in(city, title="路灯不亮")
    walk(city, whole, "accept", "dispatch", "sign", "contact_requester", "note_progress", "complete")
    half = take_in(city)
    walk(city, half, "accept", "dispatch", "sign", "contact_requester")
    kept = store(io.BytesIO("一份材料".encode()), name="a.txt", actor=city.transport_clerk.key)
    take(city, half, "transport_clerk", "note_progress", files=[str(kept.pk)])
    take(city, half, "supervisor", "bar", people=["housing_clerk"])
    record(actor="user:operator", action="sign_in")
    record(actor="user:operator", action="reveal_contact", subject=half, reason="核对地址")
    (seal,) = sealing.seal()
    walk(city, half, "note_progress")
    late = take_in(city, title="井盖破损")
    walk(city, late, "accept")
    record(actor="user:operator", action="export_worklist", subject="open")
    assert faults() == []
    return SimpleNamespace(
        whole=whole, half=half, late=late, file=kept, seal=seal, number=seal.number, seals=Seal.objects
    )  # fmt: skip
