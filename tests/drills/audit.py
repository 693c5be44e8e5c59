"""Holding the record against what the outside client was told.

python -m tests.drills.audit FILE      prints {"cases", "acknowledged", "wrong": […], "unsent"}
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
django.setup()

from huiyin.backup import proof  # noqa: E402 - Django first
from huiyin.cases.models import Attachment, Case, Event, Passage  # noqa: E402
from huiyin.files.models import File  # noqa: E402
from huiyin.files.services import all_paths  # noqa: E402
from huiyin.kernel.errors import Refused  # noqa: E402
from huiyin.notices.models import Notice  # noqa: E402
from huiyin.people.models import Party, PartyKind  # noqa: E402


def unkept(told: dict[str, Any]) -> Iterator[str]:
    """What was acknowledged and isn't there, what was asked once and is there twice, what was refused and is there."""
    rows = list(Case.objects.values_list("title", "number", "version"))
    times = Counter(title for title, _number, _version in rows)
    versions = {number: version for _title, number, version in rows}
    for wish in told["wishes"]:
        if wish["number"] and versions.get(wish["number"], -1) < wish["version"]:
            yield f"{wish['number']} was answered as version {wish['version']}, is {versions.get(wish['number'])}"
        if times[wish["title"]] > 1:
            yield f"{wish['title']} is there {times[wish['title']]} times"
    yield from (f"{title} was refused and is there" for title in told["refused"] if times[title])


def half_done() -> Iterator[str]:
    """What the ledger's own verification finds (chains, replay, orders, commitments), rows that belong to no act, acts
    that lack a row, files without bytes.
    """
    try:
        proof.require_sound(lambda _what, _done, _total: None)
    except Refused as error:
        yield str(error.what)
    said: set[tuple[Any, int, str]] = set()
    for case, seq, payload in Event.objects.values_list("case_id", "seq", "payload").iterator(chunk_size=2000):
        said |= {(case, seq, name) for name in json.loads(payload).get("texts", {})}
    texts = set(Passage.objects.values_list("case_id", "seq", "field"))
    if said != texts:
        yield f"{len(said ^ texts)} texts without an event, or events without their text"
    yield from (f"party {one.pk} without a case" for one in Party.objects.filter(case=None))
    held = set(Attachment.objects.values_list("file_id", flat=True))
    marked = set(File.objects.filter(attached=True).values_list("pk", flat=True))
    if held != marked:
        yield f"{len(held ^ marked)} files are attached to nothing, or held unmarked"
    yield from (f"no bytes at {path}" for path in all_paths("default") if not path.exists())


def notices() -> Iterator[str]:
    """Each matter of somebody who gave a name owes exactly one word that it was received."""
    known = set(Case.objects.values_list("number", flat=True))
    owed = Counter(Notice.objects.filter(kind="received").values_list("case_number", flat=True))
    asked = set(Case.objects.exclude(requester__kind=PartyKind.ANONYMOUS).values_list("number", flat=True))
    yield from (f"notice of {number}, which isn't there" for number in owed.keys() - known)
    yield from (f"{number} has {owed[number]} notices of receipt" for number in asked if owed[number] != 1)


def main(file: Path) -> None:
    """Print what was found."""
    told = json.loads(file.read_text(encoding="utf-8"))
    wrong = [*unkept(told), *half_done(), *notices()]
    found = {
        "cases": Case.objects.count(),
        "acknowledged": sum(bool(wish["number"]) for wish in told["wishes"]),
        "asked_again": sum(len(wish["answers"]) > 2 or 0 in wish["answers"] for wish in told["wishes"]),
        "wrong": wrong[:20],
        "unsent": Notice.objects.filter(sent_at=None).count(),
    }
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
