"""`huiyin model` from a file: learn, measure, compare, say what it makes of a text."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from huiyin.cli.model import command
from huiyin.kernel.errors import ConfigError
from huiyin.routing import versions
from tests.routing.said import messages


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "said.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["title", "text", "unit", "matter"])
        rows.writerows([title, text, unit, group] for (title, text), unit, group in messages())
    return file


def run(*words: object) -> Any:
    done = CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in words else done.stdout


def test_a_file_is_learned_measured_compared_and_asked(table: Path, tmp_path: Path) -> None:
    out, columns = tmp_path / "m.npz", ["--csv", table, "--text", "title,text", "--label", "unit"]

    learned = run("train", *columns, "--group", "matter", "--out", out, "--json")
    told = run("evaluate", out, *columns, "--json")

    assert learned["messages"] == 108
    assert set(told) == {
        "version", "head", "messages", "accuracy", "macro_f1", "weighted_f1", "top3", "ece", "coverage_at_95",
        "answered", "answered_right", "us_per_message", "mib",
    }  # fmt: skip
    assert told["macro_f1"] > 0.95
    assert told["version"] == learned["version"]
    assert "lights: 36 of 36" in run("evaluate", out, *columns, "--recalls")
    asked = run("suggest", "路灯", "河边的路灯不亮", "--model", out, "--json")
    assert asked["heads"]["unit"]["choices"][0]["label"] == "lights"
    assert run("compare", out, out, *columns, "--json")[learned["version"]]["unit"]["top3"] == 1.0


def test_what_is_missing_is_said(table: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no column colour"):
        run("train", "--csv", table, "--text", "colour", "--label", "unit", "--out", tmp_path / "m.npz")
    for words in (["train"], ["train", "--csv", str(table)], ["train", "--csv", str(table), "--from-cases"], ["use"]):
        assert CliRunner().invoke(command, words).exit_code == 2


def test_a_file_that_does_not_fit_is_refused_before_anything_is_written(table: Path, tmp_path: Path) -> None:
    out, learned = tmp_path / "m.npz", ["--text", "title,text", "--label", "unit"]
    empty = tmp_path / "empty.csv"
    empty.write_text("title,text,unit\n路灯,坏了, \n", encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_bytes(table.read_text(encoding="utf-8").encode("gb18030"))

    for file, said in ((empty, "no message"), (other, "UTF-8")):
        with pytest.raises(ConfigError, match=said):
            run("train", "--csv", file, *learned, "--out", out)
    nowhere = CliRunner().invoke(command, ["train", "--csv", str(table), *learned, "--out", str(tmp_path / "no" / "m")])
    assert (nowhere.exit_code, out.exists()) == (2, False)
    run("train", "--csv", table, *learned, "--out", out)
    with pytest.raises(ConfigError, match="no row with an answer"):
        run("evaluate", out, "--csv", empty, *learned)
    with pytest.raises(ConfigError, match="reads 2 columns; --text names 1"):
        run("evaluate", out, "--csv", table, "--text", "text", "--label", "unit")


def test_the_list_of_an_empty_home_says_how_to_begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(versions, "folder", lambda: tmp_path / "models")

    assert "train --from-cases" in run("list")
    assert run("list", "--json") == []
