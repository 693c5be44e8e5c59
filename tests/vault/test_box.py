"""What is sealed opens in its place, under its key, in this home alone."""

from pathlib import Path

import pytest

from huiyin.kernel.errors import ConfigError, Refused
from huiyin.vault import keyring as keys
from huiyin.vault.box import DataKey, Tampered, new_key, rewrapped, unwrapped, wrapped_by
from huiyin.vault.index import keyed_digest, phone_index
from huiyin.vault.keyring import keyring
from tests.conftest import SetClock


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path))
    return tmp_path


def test_a_value_opens_where_it_was_sealed() -> None:
    key = new_key()
    sealed = key.seal("任寨村三组", "case/1/heading")

    assert key.text(sealed, "case/1/heading") == "任寨村三组"
    assert "任寨".encode() not in sealed


@pytest.mark.parametrize("place", ["case/2/heading", "case/1/body", ""])
def test_a_value_moved_elsewhere_is_refused(place: str) -> None:
    key = new_key()

    with pytest.raises(Tampered):
        key.open(key.seal("任寨村三组", "case/1/heading"), place)


@pytest.mark.parametrize("at", [0, 1, 13, -1])
def test_an_altered_value_is_refused(at: int) -> None:
    key = new_key()
    sealed = bytearray(key.seal("任寨村三组", "case/1/heading"))
    sealed[at] ^= 1

    with pytest.raises(Tampered):
        key.open(bytes(sealed), "case/1/heading")


def test_a_key_wrapped_for_one_owner_is_not_anothers() -> None:
    wrapped = new_key().wrapped("party/1")

    with pytest.raises(Tampered):
        unwrapped(wrapped, "party/2")


def test_after_a_new_master_key_old_and_new_both_open_and_the_new_one_wraps() -> None:
    key = new_key()
    wrapped = key.wrapped("party/1")
    sealed = key.seal("王一", "party/1/contact")

    assert keyring().add() == 2

    again = rewrapped(wrapped, "party/1")
    assert [wrapped_by(wrapped), wrapped_by(again), wrapped_by(new_key().wrapped("party/3"))] == [1, 2, 2]
    assert {unwrapped(one, "party/1").text(sealed, "party/1/contact") for one in (wrapped, again)} == {"王一"}


def test_a_key_that_another_process_made_is_taken_up(home: Path) -> None:
    first = new_key().wrapped("party/1")
    other = keys.Keyring(home / "keys")
    other.add()

    assert wrapped_by(first) == 1
    assert wrapped_by(new_key().wrapped("party/1")) == 2


@pytest.mark.parametrize("replaced", [False, True])
def test_a_lost_master_key_is_named(home: Path, replaced: bool) -> None:
    wrapped = new_key().wrapped("party/1")
    (home / "keys" / "master-1").unlink()
    keys._rings.clear()
    if replaced:
        new_key().wrapped("party/2")

    with pytest.raises(ConfigError) as caught:
        unwrapped(wrapped, "party/1")

    assert caught.value.code == "key_missing"
    assert "Master key 1" in str(caught.value)
    assert "backup" in str(caught.value)


def test_a_file_that_is_no_key_is_named(home: Path) -> None:
    new_key().wrapped("party/1")
    (home / "keys" / "master-2").write_text("not hexadecimal")

    with pytest.raises(ConfigError, match="master-2"):
        new_key().wrapped("party/1")


def test_every_way_of_writing_a_telephone_finds_it() -> None:
    ways = [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "008613812345678",
        "１３８１２３４５６７８",
    ]

    assert len({phone_index(way) for way in ways}) == 1
    assert phone_index("13812345679") != phone_index("13812345678")
    assert [phone_index(""), phone_index("无"), phone_index("110")] == ["", "", ""]


def test_another_home_has_another_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = [phone_index("13812345678"), keyed_digest("a")]
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path / "other"))

    assert phone_index("13812345678") != here[0]
    assert keyed_digest("a") != here[1]
    assert [len(here[0]), len(here[1]), here[1][0]] == [40, 64, "h"]


def test_a_backup_counts_until_the_keys_change(
    home: Path, at: SetClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    now = at("2021-07-18 09:30")
    new_key().wrapped("party/1")
    assert keys.backed_up() is None

    away = tmp_path_factory.mktemp("away") / "keys"
    assert "master-1" in keys.back_up(away, now)

    assert (away / "master-1").read_text() == (home / "keys" / "master-1").read_text()
    assert (away / "master-1").stat().st_mode & 0o077 == 0
    assert keys.backed_up() == now
    keyring().add()
    assert keys.backed_up() is None


def test_a_backup_within_the_home_is_refused(home: Path, at: SetClock) -> None:
    with pytest.raises(Refused, match="lies in the home"):
        keys.back_up(home / "keys-copy", at("2021-07-18 09:30"))
    assert not (home / "keys-copy").exists()


def test_two_keys_are_never_the_same() -> None:
    assert isinstance(new_key(), DataKey)
    assert len({new_key()._key for _ in range(100)}) == 100
