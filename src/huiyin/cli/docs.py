"""`huiyin docs`: the reference pages that are written from the code itself, and the check that they are current."""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli import api_page, permissions_page
from huiyin.cli.main import COMMANDS, huiyin, ready

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from huiyin.cases.procedures.spec import Action, Procedure

HEAD = "<!-- Written by `huiyin docs write` from the code. Don't edit: change the code and run it again. -->\n"
FOLDER = Path("docs/reference")


@click.group("docs")
def command() -> None:
    """The generated reference pages under docs/reference."""


@command.command("write")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
def write(folder: Path) -> None:
    """Write the pages anew."""
    ready()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(folder / name)


@command.command("check")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
def check(folder: Path) -> None:
    """Exit 1 naming each page that isn't what the code says."""
    ready()
    stale = stale_pages(folder, pages())
    for name in stale:
        click.echo(f"{folder / name} isn't current: run `huiyin docs write`.")
    sys.exit(1 if stale else 0)


def stale_pages(folder: Path, said: Mapping[str, str]) -> list[str]:
    """Names of the pages that are missing or differ from what the code says (`pages()`)."""
    return [
        name
        for name, text in said.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def pages() -> Mapping[str, str]:
    """File name → text of every generated page. Needs Django, but no database and no home."""
    made: dict[str, Callable[[], Iterable[str]]] = {
        "commands.md": _commands,
        "settings.md": _settings,
        "events.md": _events,
        "figures.md": _figures,
        "procedures.md": _procedures,
        "limits.md": _limits,
        "roles.md": _roles,
        "permissions.md": permissions_page.lines,
        "api.md": api_page.lines,
    }
    written = {name: HEAD + "\n" + "\n".join(lines()).rstrip() + "\n" for name, lines in made.items()}
    return written | {"openapi.json": api_page.document()}


def _commands() -> Iterable[str]:
    yield "# Commands\n\nEvery command has `--help`. Exit codes: 0 done, 1 refused, 2 wrong input or configuration.\n"
    for name in sorted(COMMANDS):
        group = huiyin.get_command(click.Context(huiyin), name)
        assert group is not None
        yield from _command(f"huiyin {name}", group)


def _command(path: str, one: click.Command) -> Iterable[str]:
    context = click.Context(one, info_name=path)
    if isinstance(one, click.Group):
        yield f"## {path}\n\n{one.help or ''}\n"
        for name in one.list_commands(context):
            below = one.get_command(context, name)
            assert below is not None
            yield from _command(f"{path} {name}", below)
        return
    usage = " ".join([path, *one.collect_usage_pieces(context)])
    yield f"## {path}\n\n```\n{usage}\n```\n\n{' '.join((one.help or '').split())}\n"
    options = [o for o in one.params if isinstance(o, click.Option)]
    if options:
        yield "| option | meaning |\n| --- | --- |"
        for option in options:
            default = f" Default: `{option.default}`." if option.show_default else ""
            yield f"| `{', '.join(option.opts)}` | {option.help or ''}{default} |"
        yield ""


def _settings() -> Iterable[str]:
    from huiyin.kernel import env

    yield "# Settings\n\nAll come from the environment; a value that can't be read is refused at start.\n"
    yield "| name | default | meaning |\n| --- | --- | --- |"
    for setting in env.ALL:
        yield f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else ''} | {setting.meaning} |"


def _rule_files(folder: str) -> Iterable["Traversable"]:
    """The packaged rule documents of every ring that brings some."""
    from django.conf import settings

    for ring in settings.RULE_RINGS:
        root = files(ring) / folder
        items = (item for item in (root.iterdir() if root.is_dir() else ()) if item.name.endswith(".yaml"))
        yield from sorted(items, key=lambda item: item.name)


def packaged() -> list["Procedure"]:
    """The procedures that come with the program."""
    from huiyin.cases import registry
    from huiyin.cases.procedures import parts

    found = list(_rule_files("procedures"))
    return [parts.load(item.read_text(encoding="utf-8"), item.name, registry.vocabulary()) for item in found]


def _figures() -> Iterable[str]:
    from huiyin.metrics.definitions import DEFINITIONS

    yield "# Figures\n\nEach is counted from the record by its definition; sealed cases are in none.\n"
    yield "| name | 名称 | title | unit | 口径 | formula | source |\n| --- | --- | --- | --- | --- | --- | --- |"
    for one in DEFINITIONS.values():
        cells = [f"`{one.name}`", one.title.zh, one.title.en, str(one.unit), one.formula.zh, one.formula.en, one.source]
        yield f"| {' | '.join(cells)} |"


def _events() -> Iterable[str]:
    from django.utils import translation

    from huiyin.cases.story import BESIDE_PROCEDURES, MARKS

    yield "# Events\n"
    yield "An event's kind is the name of the action that made it, or one of the marks of time below.\n"
    yield "| kind | 名称 | title | procedures |\n| --- | --- | --- | --- |"
    kinds: dict[str, list[tuple[str, str, str]]] = {}
    for procedure in packaged():
        for name, action in procedure.actions.items():
            kinds.setdefault(name, []).append((procedure.name, action.title.zh, action.title.en))
    for name in sorted(kinds):
        zh, en = ("; ".join(dict.fromkeys(entry[place] for entry in kinds[name])) for place in (1, 2))
        yield f"| `{name}` | {zh} | {en} | {', '.join(entry[0] for entry in kinds[name])} |"
    for name, title in sorted(MARKS.items()):
        with translation.override("zh-hans"):
            zh = str(title)
        with translation.override("en"):
            en = str(title)
        yield f"| `{name}` | {zh} | {en} | the sweep, in all |"
    for name, action in sorted(BESIDE_PROCEDURES.items()):
        yield f"| `{name}` | {action.title.zh} | {action.title.en} | personal data, in all |"


def _procedures() -> Iterable[str]:
    from huiyin.cases.procedures.draw import mermaid

    yield "# Procedures\n\nThe packaged procedures, from the `procedures/` of each ring.\n"
    for procedure in packaged():
        yield f"## {procedure.title.en} · {procedure.title.zh} (`{procedure.key}`)\n"
        yield f"In force for matters received from {procedure.in_force.since}. Basis: {procedure.basis}\n"
        yield "Sources cited by article: " + "; ".join(
            f"{short} {title.en} ({title.zh})" for short, title in procedure.sources.items()
        )
        yield f"\n```mermaid\n{mermaid(procedure)}\n```\n"
        yield "| state | 名称 | title | who moves next | phase |\n| --- | --- | --- | --- | --- |"
        for name, state in procedure.states.items():
            yield f"| `{name}` | {state.title.zh} | {state.title.en} | {state.holder} | {state.phase} |"
        yield "\n| action | 名称 | from | to | who | guards | clocks | notices | basis |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        yield from (_action_row(name, action) for name, action in procedure.actions.items())
        yield "\n| clock | 名称 | measures | promise | pausable | basis |\n| --- | --- | --- | --- | --- | --- |"
        for name, clock in procedure.clocks.items():
            yes = {True: "yes", False: ""}
            scope = "a window" if clock.window else f"the {clock.scope}'s time"
            cells = [f"`{name}`", clock.title.zh, scope, yes[clock.promise], yes[clock.pausable], clock.basis]
            yield f"| {' | '.join(cells)} |"
        yield ""


def _action_row(name: str, action: "Action") -> str:
    to = [action.to or "stays", *(f"{branch.to} when {branch.when}" for branch in action.branches)]
    moves = action.clocks
    named = [("start", moves.start), ("meet", moves.meet), ("drop", moves.drop), ("extend", moves.extend)]
    named += [("give its own limit to", moves.relimit)]
    clocks = [f"{verb} {', '.join(names)}" for verb, names in named if names]
    clocks += [f"until the day of {moves.until}"] if moves.until else []
    clocks += ["pause"] * moves.pause + ["resume"] * moves.resume
    cells = [
        f"`{name}`", action.title.zh, ", ".join(action.origins) or "opens", ", ".join(to), ", ".join(action.by),
        ", ".join(action.guards), "; ".join(clocks), ", ".join(action.notices), action.basis,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _limits() -> Iterable[str]:
    from huiyin.cases.procedures import limits

    yield "# Limits\n\nThe packaged policies, from the `limits/` of each ring. The first line that fits is taken.\n"
    for item in _rule_files("limits"):
        policy = limits.load(item.read_text(encoding="utf-8"), item.name, packaged())
        yield f"## {policy.title.en} · {policy.title.zh} (`{policy.key}`)\n"
        yield "| procedure | clock | kinds | urgencies | started by | length | may be extended by | source |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        for row in policy.limits:
            cells = [
                row.procedure, f"`{row.clock}`", ", ".join(row.kinds) or "all", ", ".join(row.urgencies) or "all",
                ", ".join(row.actions) or "any",
                f"{row.length} {str(row.unit).replace('_', ' ')}", str(row.extend_by or ""), row.source,
            ]  # fmt: skip
            yield f"| {' | '.join(cells)} |"
        yield ""


def _roles() -> Iterable[str]:
    from huiyin.access.roles import roles

    yield "# Roles\n\nFrom `src/huiyin/access/roles.yaml`. A role is held in a unit; its reach says over which units.\n"
    yield "| role | 名称 | title | reach | rights |\n| --- | --- | --- | --- | --- |"
    for name, role in roles().items():
        rights = ", ".join(f"`{right}`" for right in sorted(role.rights))
        yield f"| `{name}` | {role.title.zh} | {role.title.en} | {role.scope} | {rights} |"
