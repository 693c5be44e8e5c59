"""The table of the ten sentences names what exists: screens, acts, letters, refusals and tests."""

import re
from importlib.resources import files
from pathlib import Path

from django.urls import resolve

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/petitions.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| \d+ ", line)
]
NAME = re.compile(r"`([^`]+)`")


def said(folder: str) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).rglob("*.py")))


def test_what_the_ten_sentences_point_at_exists() -> None:
    assert len(ROWS) == 10
    parts = (ROOT / "src/huiyin/petitions/procedures").rglob("*.yaml")
    acts = set(re.findall(r"^  (\w+):$", "".join(path.read_text(encoding="utf-8") for path in parts), re.MULTILINE))
    letters = {path.name.removesuffix(".yaml") for path in files("huiyin.petitions").joinpath("papers").iterdir()}
    code, tests = said("src/huiyin/petitions") + said("src/huiyin/cases"), said("tests/petitions")
    for title, screens, papers, refused, test in ROWS:
        for name in NAME.findall(screens):
            assert resolve(name) if name.startswith("/") else name in acts, (title, name)
        assert set(NAME.findall(papers)) <= letters, title
        for name in NAME.findall(refused):
            assert name in acts or (f'"{name}"' in code and name in tests), (title, name)
        assert f"def {NAME.findall(test)[0]}(" in tests, title


def test_every_letter_is_named() -> None:
    letters = {path.name.removesuffix(".yaml") for path in files("huiyin.petitions").joinpath("papers").iterdir()}
    named = {name for row in ROWS for name in NAME.findall(row[2])}
    assert letters - named == {"judicial_notice", "settlement"}, "letters beside the ten sentences"
