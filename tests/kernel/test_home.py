"""The home: made once, of one kind, its keys for nobody else's eyes."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from huiyin.kernel import clock, home
from huiyin.kernel.errors import ConfigError, Refused


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "city"
    monkeypatch.setenv("HUIYIN_HOME", str(place))
    return place


def test_a_home_is_made_once(folder: Path) -> None:
    assert home.create(rehearsal=False) is True
    keys = {name: home.key(name) for name in home.KEYS}

    assert home.create(rehearsal=False) is False
    assert {name: home.key(name) for name in home.KEYS} == keys
    assert (folder / "files").is_dir()
    assert len(set(keys.values())) == len(home.KEYS)
    assert {len(key) for key in keys.values()} == {32}


def test_keys_are_for_their_owner_alone(folder: Path) -> None:
    home.create(rehearsal=False)

    modes = {file.name: file.stat().st_mode & 0o777 for file in (folder / "keys").iterdir()}

    assert modes == dict.fromkeys(home.KEYS, 0o600)
    assert (folder / "keys").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_home_keeps_its_kind(rehearsal: bool) -> None:
    home.create(rehearsal=rehearsal)

    with pytest.raises(Refused) as caught:
        home.create(rehearsal=not rehearsal)

    assert caught.value.code == "home_kind_fixed"
    assert home.is_rehearsal() is rehearsal


def test_a_folder_that_is_no_home_is_no_rehearsal() -> None:
    assert home.is_rehearsal() is False


def test_the_clock_of_a_live_home_does_not_move(folder: Path) -> None:
    home.create(rehearsal=False)

    with pytest.raises(Refused) as caught:
        home.set_rehearsal_clock(datetime(2021, 9, 28, tzinfo=UTC))

    assert caught.value.code == "clock_is_real"
    assert not (folder / "clock.json").exists()


def test_a_live_home_ignores_a_planted_clock(folder: Path) -> None:
    home.create(rehearsal=False)
    (folder / "clock.json").write_text('{"ahead_seconds": -100000000}')

    home.install_clock()

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_rehearsals_clock_moves_runs_on_and_comes_back() -> None:
    home.create(rehearsal=True)
    home.install_clock()
    then = datetime(2021, 9, 28, 1, 30, tzinfo=UTC)

    home.set_rehearsal_clock(then)
    first, second = clock.now(), clock.now()
    assert then <= first < second < then + timedelta(minutes=1)

    home.set_rehearsal_clock(None)
    home.set_rehearsal_clock(None)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "{}", "no json"])
def test_a_clock_that_cannot_be_read_is_named(folder: Path, text: str) -> None:
    home.create(rehearsal=True)
    home.install_clock()
    (folder / "clock.json").write_text(text)

    with pytest.raises(ConfigError, match=r"clock\.json"):
        clock.now()


def test_a_key_stands_there_whole_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process makes the same key between this one's first look and its writing."""
    quicker, random = "ab" * 32, secrets.token_hex

    def slow(length: int) -> str:
        if length == 32:
            assert not (folder / "keys" / "tokens").exists()
            (folder / "keys" / "tokens").write_text(quicker + "\n")
        return random(length)

    monkeypatch.setattr(secrets, "token_hex", slow)

    assert home.key("tokens").hex() == quicker
    assert [file.name for file in (folder / "keys").iterdir()] == ["tokens"]
