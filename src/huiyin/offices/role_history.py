"""What roles came to let their holders do, and since when in this home.

Roles come with the program. Whenever a home is set up or brought up to date (`huiyin init`), an edition that it hasn't
used before goes whole into the audit; what changed is the difference between two entries.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from itertools import zip_longest
from typing import Any

from huiyin.access.actor import SYSTEM
from huiyin.access.roles import edition, roles
from huiyin.audit.services import history, record
from huiyin.kernel import clock
from huiyin.offices.role_words import REACH, WORDS
from huiyin.org.models import EARLIEST
from huiyin.people.models import Posting

SUBJECT = "roles:in_force"
SHOWN = 20

type Roles = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Changed:
    """One role in an edition against the one before: what it may do now and couldn't, what it can't any more, and how
    far it reaches, before and after, where that changed. `sort` is new, gone or changed.
    """

    name: str
    sort: str
    more: Sequence[Any] = ()
    less: Sequence[Any] = ()
    reach: Sequence[Any] = ()


@dataclass(frozen=True)
class Edition:
    """Since when an edition is in force here, with which version of the program. `changed` is None for the first."""

    at: datetime
    version: str
    edition: str
    many: int
    changed: Sequence[Changed] | None


def note_roles() -> bool:
    """Write down which roles are in force, unless that is what was written last; whether it was written."""
    last = history(SUBJECT, most=1)
    if last and json.loads(last[0].detail)["edition"] == edition():
        return False
    told = {name: {"scope": str(role.scope), "rights": sorted(role.rights)} for name, role in roles().items()}
    record(
        actor=SYSTEM.key, action="adopt_roles", subject=SUBJECT,
        detail={"edition": edition(), "version": version("huiyin"), "roles": told},
    )  # fmt: skip
    return True


def editions() -> list[Edition]:
    """Every edition that was in force here, the newest first. One statement."""
    rows = [(row.at, json.loads(row.detail)) for row in history(SUBJECT)]
    older = [detail["roles"] for _at, detail in rows[1:]]
    return [
        Edition(at, told["version"], told["edition"], len(told["roles"]), changes(before, told["roles"]))
        for (at, told), before in zip_longest(rows, older)
    ]


def changes(before: Roles | None, after: Roles) -> list[Changed] | None:
    """What differs, role by role; None without anything to differ from."""
    if before is None:
        return None
    found = []
    for name in dict.fromkeys([*after, *before]):
        if name not in before or name not in after:
            new = name in after
            rights = _words((after if new else before)[name]["rights"])
            found.append(Changed(name, "new", more=rights) if new else Changed(name, "gone", less=rights))
        elif before[name] != after[name]:
            had, has = before[name], after[name]
            reach = [had["scope"], has["scope"]] if had["scope"] != has["scope"] else []
            found.append(Changed(
                name, "changed", _words(set(has["rights"]) - set(had["rights"])),
                _words(set(had["rights"]) - set(has["rights"])), [REACH.get(one, one) for one in reach],
            ))  # fmt: skip
    return found


def _words(held: Any) -> list[Any]:
    return [WORDS.get(right, right) for right in sorted(held)]


def postings() -> list[tuple[date, bool, Posting]]:
    """The latest first and last days of posts: the day, whether it is the first, and the posting. Who was there from
    the beginning didn't come. Two statements.
    """
    today = clock.today()
    rows = Posting.objects.filter(valid_from__lte=today).select_related("user")
    begun = rows.filter(valid_from__gt=EARLIEST).order_by("-valid_from", "-pk")[:SHOWN]
    ended = rows.filter(valid_to__lt=today).order_by("-valid_to", "-pk")[:SHOWN]
    found = [(row.valid_from, True, row) for row in begun]
    found += [(row.valid_to, False, row) for row in ended if row.valid_to]
    return sorted(found, key=lambda one: (one[0], one[2].pk), reverse=True)[:SHOWN]
