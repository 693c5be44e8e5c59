"""Settings from the environment: read, or refused by naming what is taken."""

from pathlib import Path

import pytest

from huiyin.kernel import env
from huiyin.kernel.errors import ConfigError


def test_an_unset_or_empty_variable_takes_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUIYIN_DEBUG", raising=False)
    assert env.truth(env.DEBUG) is False
    monkeypatch.setenv("HUIYIN_DEBUG", "")
    assert env.text(env.DEBUG) == "0"


def test_good_values_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUIYIN_DEBUG", "1")
    monkeypatch.setenv("HUIYIN_POOL_MAX", "12")
    monkeypatch.setenv("HUIYIN_LANGUAGE", "en")
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path / "a" / ".." / "b"))

    assert env.truth(env.DEBUG) is True
    assert env.count(env.POOL_MAX) == 12
    assert env.one_of(env.LANGUAGE, "zh-hans", "en") == "en"
    assert env.folder(env.HOME) == tmp_path / "b"


@pytest.mark.parametrize("value", ["yes", "true", "2", " 1", "on"])
def test_a_truth_is_one_or_nought(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HUIYIN_DEBUG", value)

    with pytest.raises(ConfigError, match=r"HUIYIN_DEBUG.*takes 0 or 1"):
        env.truth(env.DEBUG)


@pytest.mark.parametrize("value", ["0", "-1", "2.5", "many"])
def test_a_count_is_a_whole_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HUIYIN_POOL_MIN", value)

    with pytest.raises(ConfigError, match=r"HUIYIN_POOL_MIN.*whole number of at least 1"):
        env.count(env.POOL_MIN)


def test_a_choice_names_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_LANGUAGE", "de")

    with pytest.raises(ConfigError, match=r"HUIYIN_LANGUAGE='de'.*zh-hans, en"):
        env.one_of(env.LANGUAGE, "zh-hans", "en")


def test_without_a_url_the_database_lies_in_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", "")

    entry = env.database(tmp_path)

    assert entry["ENGINE"] == "django.db.backends.sqlite3"
    assert entry["NAME"] == tmp_path / "huiyin.sqlite3"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_url_names_a_postgresql_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scheme: str) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", f"{scheme}://city:p%40ss%2Fw@db.local:5433/jie%20shou")

    entry = env.database(tmp_path)

    assert entry["ENGINE"] == "django.db.backends.postgresql"
    assert [entry[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "jie shou", "city", "p@ss/w", "db.local", "5433",
    ]  # fmt: skip
    assert "-c jit=off" in str(entry["OPTIONS"])


def test_a_short_url_leaves_the_rest_to_the_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", "postgresql:///huiyin")

    entry = env.database(tmp_path)

    assert [entry[key] for key in ("NAME", "USER", "HOST", "PORT")] == ["huiyin", "", "", ""]


@pytest.mark.parametrize("url", ["mysql://db/huiyin", "postgresql://db.local", "postgresql://db.local/", "huiyin"])
def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", url)

    with pytest.raises(ConfigError, match=r"HUIYIN_DATABASE_URL.*postgresql://user:password@host:port/name"):
        env.database(tmp_path)


def test_the_pool_is_never_smaller_than_its_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", "postgresql:///huiyin")
    monkeypatch.setenv("HUIYIN_POOL_MIN", "9")
    monkeypatch.setenv("HUIYIN_POOL_MAX", "3")

    options = env.database(tmp_path)["OPTIONS"]
    assert isinstance(options, dict)
    assert (options["pool"]["min_size"], options["pool"]["max_size"]) == (9, 9)


def test_every_setting_is_listed_once() -> None:
    names = [setting.name for setting in env.ALL]
    defined = {value.name for value in vars(env).values() if isinstance(value, env.Setting)}

    assert len(names) == len(set(names))
    assert set(names) == defined
    assert all(name.startswith("HUIYIN_") for name in names)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@db:port/x", "postgresql://u:geheim@db:99999/x", "mysql://u:geheim@db/x",
        "postgresql://u:geheim/1@db:5432/x", "postgresql://u:geheim@[db/x", "postgresql:u:geheim@db/x",
        "u:geheim@db/x", "mysql://db/x?password=geheim",
    ],
)  # fmt: skip
def test_a_refused_url_never_shows_its_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", url)

    with pytest.raises(ConfigError) as caught:
        env.database(tmp_path)

    assert "geheim" not in str(caught.value)
    assert "HUIYIN_DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Asia"])
def test_an_unknown_time_zone_is_refused(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("HUIYIN_TIME_ZONE", zone)

    with pytest.raises(ConfigError) as caught:
        env.time_zone(env.TIME_ZONE)

    assert zone in str(caught.value)
