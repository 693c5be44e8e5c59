"""A file's messages put together at the shell: every message once, nobody's name or number in a title."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from huiyin.cli.main import huiyin
from huiyin.kernel.errors import ConfigError
from tests.textmining.said import MATTERS


def _file(folder: Path, **over: str) -> Path:
    file = folder / "messages.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.DictWriter(lines, ["number", "title", "detail", "time", "user"])
        rows.writeheader()
        for name, several in MATTERS.items():
            for n, (title, body) in enumerate(several):
                said = f"{title}，电话13912345678"
                row = {"number": f"{name}{n}", "title": said, "detail": body, "time": f"2026/3/{n + 1} 08:30"}
                rows.writerow({**row, "user": f"{name}{n}", **over})
    return file


def _run(*given: str) -> dict[str, object]:
    done = CliRunner().invoke(huiyin, ["hot-issues", *given, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    found: dict[str, object] = json.loads(done.output)
    return found


def test_messages_of_a_file_are_put_together(tmp_path: Path) -> None:
    told = _run("--csv", str(_file(tmp_path)), "--id", "number")

    issues = told["issues"]
    assert isinstance(issues, list)
    assert [set(one["members"]) for one in issues] == [
        {f"mixer{n}" for n in range(4)}, {f"fees{n}" for n in range(3)}
    ]  # fmt: skip
    assert (told["messages"], told["alone"]) == (9, ["bus0", "water0"])
    assert [(one["people"], one["messages"]) for one in issues] == [(4, 4), (3, 3)]
    assert "搅拌站" in issues[0]["title"]
    assert "139" not in json.dumps([one["title"] for one in issues])


@pytest.mark.parametrize(
    ("over", "given", "code"), [({"time": "soon"}, [], "bad_time"), ({}, ["--id", "no"], "no_column")]
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, over: dict[str, str], given: list[str], code: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        CliRunner().invoke(
            huiyin, ["hot-issues", "--csv", str(_file(tmp_path, **over)), *given], catch_exceptions=False
        )  # fmt: skip

    assert caught.value.code == code


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = _file(tmp_path)
    file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))

    with pytest.raises(ConfigError, match="UTF-8"):
        CliRunner().invoke(huiyin, ["hot-issues", "--csv", str(file)], catch_exceptions=False)
