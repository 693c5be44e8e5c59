"""Every model stays; one is in use, and an earlier one can be used again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huiyin.kernel.errors import ConfigError, NotFound
from huiyin.routing import versions
from huiyin.routing.model import Model
from huiyin.routing.train import Lesson, train
from tests.routing.said import messages

THEN, LATER = datetime(2021, 3, 1, tzinfo=UTC), datetime(2021, 4, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path))
    versions.forget()
    yield tmp_path
    versions.forget()


@pytest.fixture(scope="module")
def other() -> Model:
    rows = list(messages())
    turned = {"lights": "bus", "bus": "water", "water": "lights"}
    return train(Lesson([r[0] for r in rows], {"unit": [turned[r[1]] for r in rows]}, [r[2] for r in rows]))


def test_a_home_begins_without_a_model() -> None:
    assert versions.in_use() is None
    assert versions.kept() == []


def test_one_is_used_changed_and_used_again(small: Model, other: Model) -> None:
    versions.keep(small, at=THEN, by="user:a")
    versions.keep(other, at=LATER, by="user:b")
    assert versions.in_use() is None

    for version in (small.version, other.version, small.version):
        versions.use(version, at=LATER, by="user:a")
        used = versions.in_use()
        assert used is not None
        assert used.version == version
    assert [(one.version, one.in_use) for one in versions.kept()] == [(other.version, False), (small.version, True)]
    assert [row["version"] for row in versions.chosen()] == [small.version, other.version, small.version]
    versions.use("", at=LATER, by="user:a")
    assert versions.in_use() is None


def test_what_is_not_kept_cannot_be_used(small: Model) -> None:
    for version in ("0" * 12, "../../x"):
        with pytest.raises(NotFound):
            versions.use(version, at=THEN, by="user:a")


def test_an_altered_file_is_refused(small: Model, other: Model, home: Path) -> None:
    versions.keep(small, at=THEN, by="user:a")
    (home / "models" / f"{small.version}.npz").write_bytes(other.to_bytes())

    with pytest.raises(ConfigError, match="altered"):
        versions.get(small.version)


def test_a_file_that_cannot_be_read_any_more_proposes_nothing_and_says_so(
    small: Model, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    versions.keep(small, at=THEN, by="user:a")
    versions.use(small.version, at=LATER, by="user:a")
    (home / "models" / f"{small.version}.npz").write_bytes(b"of an earlier format")

    assert versions.in_use() is None
    assert "no proposals until another model is used" in caplog.text


def test_keeping_it_twice_keeps_its_date(small: Model) -> None:
    versions.keep(small, at=THEN, by="user:a")
    versions.keep(small, at=LATER, by="user:b")

    assert [one.by for one in versions.kept()] == ["user:a"]
