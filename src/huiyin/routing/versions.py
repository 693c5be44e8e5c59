"""The models of a home: every one that was trained stays, one is in use, and any other can be used again.

A folder `models` in the home holds `<version>.npz` with `<version>.json` beside it, and `in_use.json` with who chose
what when. Processes look at that file before each proposal, so that a change needs no restart.
"""

import json
import logging
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.kernel import home
from huiyin.kernel.errors import ConfigError, NotFound
from huiyin.routing.model import Model, is_young, load

FOLDER, IN_USE = "models", "in_use.json"
HISTORY = 50


@dataclass(frozen=True)
class Kept:
    """One trained model: its version, when and from what it was made, how well it did on what it hadn't seen."""

    version: str
    made_at: str
    by: str
    size: int
    told: Mapping[str, Any]
    in_use: bool

    @property
    def young(self) -> bool:
        """Whether lists go before it."""
        return is_young(self.told)


_lock = threading.Lock()
log = logging.getLogger("huiyin.routing")
_loaded: dict[str, tuple[int, Model | None]] = {}


def folder() -> Path:
    """Where they lie."""
    return home.path() / FOLDER


def keep(model: Model, *, at: datetime, by: str) -> None:
    """Add a model to the home. One that is there already (the same bytes) keeps its date."""
    where = folder()
    where.mkdir(parents=True, exist_ok=True)
    if (where / f"{model.version}.json").exists():
        return
    write(where / f"{model.version}.npz", model.to_bytes())
    beside = {"made_at": at.isoformat(timespec="seconds"), "by": by, "size": model.size, "told": model.told}
    write(where / f"{model.version}.json", json.dumps(beside, ensure_ascii=False, sort_keys=True).encode())


def kept() -> list[Kept]:
    """All models, the latest first."""
    chosen = _choices()
    using = chosen[-1]["version"] if chosen else ""
    found = []
    for file in folder().glob("*.json"):
        if file.name != IN_USE:
            told = json.loads(file.read_text(encoding="utf-8"))
            found.append(Kept(file.stem, told["made_at"], told["by"], told["size"], told["told"], file.stem == using))
    return sorted(found, key=lambda one: (one.made_at, one.version), reverse=True)


def use(version: str, *, at: datetime, by: str) -> None:
    """Propose with this model from now on; "" with none. NotFound for a version that isn't kept."""
    if version:
        get(version)
    chosen = [*_choices(), {"version": version, "at": at.isoformat(timespec="seconds"), "by": by}][-HISTORY:]
    folder().mkdir(parents=True, exist_ok=True)
    write(folder() / IN_USE, json.dumps(chosen).encode())


def chosen() -> list[dict[str, str]]:
    """Which model was put to use when and by whom, the latest first."""
    return _choices()[::-1]


def get(version: str) -> Model:
    """A kept model. NotFound for another."""
    if not version.isalnum() or not (folder() / f"{version}.npz").is_file():
        raise NotFound("no_such_model", f"No model {version} is kept.", do="`huiyin model list` shows all of them.")
    model = load(folder() / f"{version}.npz")
    if model.version != version:
        raise ConfigError("model_altered", f"The file of model {version} was altered: it is {model.version} now.")
    return model


def in_use() -> Model | None:
    """The model to propose with; None where none was chosen, or where its file can't be read any more, which is
    logged: matters are taken in without proposals too. Loaded once, and again when another is chosen.
    """
    file = f"{folder()}/{IN_USE}"
    try:
        stamp = os.stat(file).st_mtime_ns  # noqa: PTH116 - asked in every act that may follow a proposal
    except OSError:
        return None
    with _lock:
        before = _loaded.get(file)
        if before is None or before[0] != stamp:
            chosen = _choices()
            version = chosen[-1]["version"] if chosen else ""
            _loaded[file] = (stamp, _readable(version) if version else None)
        return _loaded[file][1]


def _readable(version: str) -> Model | None:
    try:
        return get(version)
    except (ConfigError, NotFound) as error:
        log.warning("no proposals until another model is used: %s", error)
        return None


def forget() -> None:
    """Drop what this process has loaded."""
    with _lock:
        _loaded.clear()


def _choices() -> list[dict[str, str]]:
    file = folder() / IN_USE
    found: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    return found


def write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, also when the process is killed meanwhile."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.write_bytes(data)
    draft.replace(file)
