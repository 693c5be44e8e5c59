"""Collect the words of pages and refusals, keep their translations, compile them.

    python scripts/messages.py           update locale/en and compile it
    python scripts/messages.py --check   exit 1 when a word is new, gone, untranslated, or the compiled file is old

Chinese is the first language and the key; English is kept in locale/en/LC_MESSAGES/django.po.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1] / "src" / "huiyin"
FOLDER = SOURCE / "locale" / "en" / "LC_MESSAGES"
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "gettext_noop": None}


def words() -> Iterator[tuple[str, str | tuple[str, ...], str]]:
    """File, message (with plural as a pair), and file again for the comment."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _words_of(path, path.read_bytes())
    for path in sorted(SOURCE.rglob("*.html")):
        text = templatize(path.read_text(encoding="utf-8"))
        flush = "\n".join(line.strip() for line in text.splitlines())  # read as Python, where indentation has a meaning
        yield from _words_of(path, flush.encode())


def _words_of(path: Path, text: bytes) -> Iterator[tuple[str, str | tuple[str, ...], str]]:
    name = path.relative_to(SOURCE).as_posix()
    for _line, message, _comments, _context in extract("python", io.BytesIO(text), keywords=KEYWORDS):
        yield name, message, name


def collected() -> Catalog:
    """All words as an empty catalogue."""
    catalogue = Catalog(locale="en", project="huiyin", charset="utf-8", fuzzy=False)
    for name, message, _name in words():
        catalogue.add(message, locations=[(name, 0)])
    return catalogue


def kept() -> Catalog:
    """The catalogue as it is in the repository."""
    file = FOLDER / "django.po"
    if not file.exists():
        return Catalog(locale="en", charset="utf-8", fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale="en")


def compiled(catalogue: Catalog) -> bytes:
    """What Django reads; the same bytes for the same words, whenever they are compiled."""
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def faults() -> list[str]:
    """What is wrong, one line each."""
    here, wanted = kept(), collected()
    have, need = {m.id for m in here if m.id}, {m.id for m in wanted if m.id}
    found = [f"not collected: {message}" for message in sorted(map(str, need - have))]
    found += [f"no longer used: {message}" for message in sorted(map(str, have - need))]
    found += [f"not translated: {m.id}" for m in here if m.id and (m.fuzzy or not _translated(m.string))]
    found += [f"placeholders differ: {m.id}" for m in here if m.id and m.check(here)]
    file = FOLDER / "django.mo"
    if not file.exists() or file.read_bytes() != compiled(here):
        found.append("django.mo is older than django.po")
    return found


def _translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


def update() -> int:
    """Write both files; the number of words that still want a translation."""
    catalogue, wanted = kept(), collected()
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = "# English words of Huiyin's pages and refusals; Chinese is the key."
    FOLDER.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, catalogue, sort_by_file=True, omit_header=False, width=120, include_lineno=False)
    boilerplate = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid",
        "Project-Id",
    )
    lines = [line for line in out.getvalue().decode().splitlines() if not any(word in line for word in boilerplate)]
    (FOLDER / "django.po").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (FOLDER / "django.mo").write_bytes(compiled(kept()))
    return sum(1 for m in catalogue if m.id and not _translated(m.string))


if __name__ == "__main__":
    if "--check" in sys.argv:
        wrong = faults()
        print("\n".join(wrong) or "messages: complete")
        sys.exit(1 if wrong else 0)
    print(f"{update()} words want a translation in {FOLDER.relative_to(SOURCE.parents[1])}/django.po")
