"""The permission matrix as a page of the reference."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from huiyin.access.permissions import NO, SOME, YES

if TYPE_CHECKING:
    from huiyin.access.permissions import Door, Permissions

WITHOUT_A_BROWSER = {"importer", "sweep"}
HEAD = f"""# Permissions

Written from `src/huiyin/access/permissions.yaml`. `tests/permissions` tries it: every action by everybody on a matter
of every class, every address and operation by one person for each way of standing before it; and it fails on a door
that isn't stated there.

{YES} gets through · {SOME} for matters that exist for them (the first table below) · {NO} refused (403) · 404 the
answer for a number that doesn't exist · code: led to where number and access code are asked for · sign-in: led there
first (web), or 401 (API).
"""


def lines() -> Iterable[str]:
    """The page, line by line."""
    from huiyin.access.permissions import permissions

    stated = permissions()
    yield HEAD
    yield "## Personas\n\n| persona | 身份 | who |\n| --- | --- | --- |"
    yield from (f"| `{name}` | {title.zh} | {title.en} |" for name, title in stated.personas.items())
    yield from _matters(stated)
    for title, doors in [("Web", stated.web), ("API", stated.api)]:
        yield f"\n## {title}\n"
        yield from _doors(stated, doors)
    for name, actions in stated.actions.items():
        yield f"\n## Actions: {name if name != 'every' else 'every procedure that has them'}\n"
        yield "Whoever the matter doesn't exist for gets 404, whatever stands here.\n" * (name == "every")
        columns = _used(stated, actions.values())
        rows = {f"`{name}`": [YES if p in stated.people(who) else NO for p in columns] for name, who in actions.items()}
        yield from _table(columns, rows)
    yield "\n## Shell\n\nThe shell is the operator's trust: whoever may run a command holds database and keys anyway.\n"
    yield "| command | what it does |\n| --- | --- |"
    yield from (f"| `huiyin {name}` | {what} |" for name, what in stated.shell.items())
    yield "\n## Notices\n\n| recipient | who hears |\n| --- | --- |"
    yield from (f"| `{name}` | {who} |" for name, who in stated.notices.items())


def _matters(stated: "Permissions") -> Iterable[str]:
    yield "\n## For whom a matter exists\n\nBy what is alleged. Never outweighs yes: whoever is named sees nothing.\n"
    columns, rows = list(stated.matters), {}
    for persona in stated.personas:
        cells = []
        for name in columns:
            (seeing, never), (naming, _never) = stated.knows(name), stated.knows(name, identity=True)
            cell = f"{YES} without identity" if persona in seeing - naming else YES if persona in seeing else "404"
            cells.append("never" if persona in never else cell)
        rows[f"`{persona}`"] = cells
    yield from _table(columns, rows)
    yield ""
    yield from (f"- **{name}**: {one.en}." for name, one in stated.matters.items())


def _doors(stated: "Permissions", doors: Mapping[str, "Door"]) -> Iterable[str]:
    columns = [persona for persona in stated.personas if persona not in WITHOUT_A_BROWSER]
    yield from _table(
        columns,
        {f"`{route or '/'}`": [stated.cell(route, persona) for persona in columns] for route in doors},
    )
    yield ""
    for route, door in doors.items():
        if door.why or door.shows:
            shows = " shows the matters that exist for whoever looks." * (door.shows == "knows")
            yield f"- `{route or '/'}`: {door.why}{'.' * bool(door.why)}{shows}"


def _used(stated: "Permissions", named: Iterable[Sequence[str]]) -> list[str]:
    """The personas that one of the actions is open to, in their order."""
    some = {persona for names in named for persona in stated.people(names)}
    return [persona for persona in stated.personas if persona in some]


def _table(columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> Iterable[str]:
    yield f"| | {' | '.join(name.replace('_', ' ') for name in columns)} |"
    yield f"| --- |{' --- |' * len(columns)}"
    yield from (f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())
