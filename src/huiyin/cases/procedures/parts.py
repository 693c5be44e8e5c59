"""Parts that several procedures share: written once, taken into each before it is checked and published.

A procedure names them under `with`, and gives the states that a part asks for under `groups`: where a part (or the
procedure itself) says `from: $working`, those states stand. What a procedure states itself wins over a part. The
published text is the whole one, so that a part which changes later changes no published version. A part is of the
case core, or of another ring and then named after it, as `letters.correspondence`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from huiyin.cases.procedures import spec
from huiyin.cases.procedures.spec import NO_YAML, Loader, Procedure, Vocabulary
from huiyin.kernel.errors import ConfigError

Dumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
TABLES = ("sources", "states", "clocks", "actions", "notices")


def whole(text: str, file: str) -> str:
    """The text with its parts taken in; the same text when it names none. ConfigError for an unknown part or group."""
    try:
        raw = yaml.load(text, Loader=Loader)  # noqa: S506 - a safe loader
    except NO_YAML as error:
        raise ConfigError("bad_yaml", f"{file}: {error}") from error
    if not isinstance(raw, dict) or not ({"with", "groups"} & raw.keys()):
        return text
    groups = raw.pop("groups", {})
    for name in raw.pop("with", []):
        part = _part(name, file)
        for table in TABLES:
            raw[table] = {**part.get(table, {}), **raw.get(table, {})}
    for name, action in raw.get("actions", {}).items():
        _fill(action, groups, f"{file}: actions.{name}")
    return yaml.dump(raw, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=120)


@lru_cache(maxsize=32)
def _read(name: str) -> str:
    ring, _, part = name.rpartition(".")
    return (files(f"huiyin.{ring or 'cases'}") / "procedures" / "parts" / f"{part}.yaml").read_text(encoding="utf-8")


def _part(name: str, file: str) -> dict[str, Any]:
    try:
        part: dict[str, Any] = yaml.load(_read(name), Loader=Loader)  # noqa: S506 - a safe loader
    except (FileNotFoundError, ModuleNotFoundError):
        raise ConfigError("unknown_part", f"{file}: with: there is no part {name!r}.") from None
    return part


def _fill(action: dict[str, Any], groups: Mapping[str, Any], at: str) -> None:
    """Put the groups' names where an action asks for them: where it comes from and leads to, and in its clocks."""
    if "from" in action:
        action["from"] = list(_names(action["from"], groups, at))
    if str(action.get("to", "")).startswith("$"):
        (action["to"],) = _names(action["to"], groups, at)
    moves = action.get("clocks", {})
    action["clocks"] = {
        key: list(_names(value, groups, at)) if isinstance(value, (str, list)) else value
        for key, value in moves.items()
    }


def _names(given: str | list[str], groups: Mapping[str, Any], at: str) -> Iterable[str]:
    for name in [given] if isinstance(given, str) else given:
        if not name.startswith("$"):
            yield name
        elif name[1:] in groups:
            yield from groups[name[1:]]
        else:
            raise ConfigError("unknown_group", f"{at}: there is no group {name!r}; there are {', '.join(groups)}.")


def load(text: str, file: str, vocabulary: Vocabulary) -> Procedure:
    """Read and check a procedure with its parts. Raises ConfigError with every fault found."""
    return spec.load(whole(text, file), file, vocabulary)
