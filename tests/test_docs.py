"""Documentation tells the truth: generated pages are current, links lead somewhere, named commands exist."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from huiyin.cli.docs import pages, stale_pages
from huiyin.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.fixture(scope="module")
def said() -> Mapping[str, str]:
    return pages()


def test_the_generated_pages_are_current(said: Mapping[str, str]) -> None:
    assert stale_pages(ROOT / "docs/reference", said) == []


def test_a_page_that_differs_is_seen(tmp_path: Path, said: Mapping[str, str]) -> None:
    for name, text in said.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "events.md").write_text("old", encoding="utf-8")

    assert stale_pages(tmp_path, said) == ["events.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]

    assert [target for target in local if not (page.parent / target).exists()] == []


def test_named_commands_and_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"(?:`|^|/)huiyin ([a-z][a-z-]*)", text, re.MULTILINE):
            assert name in COMMANDS, f"{page.name}: huiyin {name}"
        for name in re.findall(r"`make ([a-z]+)", text):
            assert f"\n{name}:" in makefile, f"{page.name}: make {name}"
