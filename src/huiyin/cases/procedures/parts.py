"""Parts that several procedures share: written once, taken into each before it is checked and published.

A procedure names them under `with`, and gives the states that a part asks for under `groups`: where a part (or the
procedure itself) says `from: $working`, those states stand. What a procedure states itself wins over a part. Where a
part speaks of somebody or cites something that is another here, the procedure says under `in_place` what stands in its
place: the relation in `by`, the recipient in `to`, a citation in `basis`. The
published text is the whole one, so that a part which changes later changes no published version. A part is of the
case core, or of another ring and then named after it, as `letters.correspondence`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from huiyin.cases.procedures import spec
from huiyin.cases.procedures.spec import NO_YAML, Procedure, Vocabulary, read_yaml
from huiyin.kernel.errors import ConfigError

Dumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
TABLES = ("sources", "states", "clocks", "actions", "notices")


def whole(text: str, file: str) -> str:
    """The text with its parts taken in; the same text when it names none. ConfigError for an unknown part or group."""
    try:
        raw = read_yaml(text)
    except NO_YAML as error:
        raise ConfigError("bad_yaml", f"{file}: {error}") from error
    if not isinstance(raw, dict) or not ({"with", "groups", "in_place"} & raw.keys()):
        return text
    groups, instead = raw.pop("groups", {}), raw.pop("in_place", {})
    for name in raw.pop("with", []):
        part = _part(name, file)
        for table in TABLES:
            raw[table] = {**part.get(table, {}), **raw.get(table, {})}
    for name, action in raw.get("actions", {}).items():
        _fill(action, groups, f"{file}: actions.{name}")
    for table in ("clocks", "actions", "notices"):
        for entry in raw.get(table, {}).values():
            _put_in_place(entry, instead)
    return yaml.dump(raw, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=120)


@lru_cache(maxsize=32)
def _read(name: str) -> str:
    ring, _, part = name.rpartition(".")
    return (files(f"huiyin.{ring or 'cases'}") / "procedures" / "parts" / f"{part}.yaml").read_text(encoding="utf-8")


def _part(name: str, file: str) -> dict[str, Any]:
    try:
        part: dict[str, Any] = read_yaml(_read(name))
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
        key: list(_names(value, groups, at))
        if key not in ("since", "until") and isinstance(value, (str, list))
        else value
        for key, value in moves.items()
    }


def _put_in_place(entry: dict[str, Any], instead: Mapping[str, str]) -> None:
    """Say of an action, a clock or a notice what this procedure says instead; what becomes double stands once."""
    if instead and "by" in entry:
        by = [entry["by"]] if isinstance(entry["by"], str) else entry["by"]
        entry["by"] = list(dict.fromkeys(instead.get(name, name) for name in by))
    if "to" in entry:
        entry["to"] = instead.get(entry["to"], entry["to"])
    choices = [one for asked in entry.get("inputs", {}).values() for one in asked.get("choices", {}).values()]
    for one in (entry, *choices) if instead else ():
        if "basis" in one:
            cited = [instead.get(part.strip(), part.strip()) for part in str(one["basis"]).split(";")]
            one["basis"] = "; ".join(dict.fromkeys(cited))


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
