"""The roles of `roles.yaml`, checked: a role is a title, a list of rights, and how far they reach."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from huiyin.access import rights
from huiyin.kernel.errors import ConfigError

PACKAGED = "access/roles.yaml"


class Scope(StrEnum):
    """How far a role's rights reach from the unit of the posting."""

    UNIT = "unit"
    SUBTREE = "subtree"
    ALL = "all"


class Title(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


class Role(BaseModel):
    """One role."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Title
    scope: Scope
    rights: frozenset[str]


def parse(text: str, file: str, known: frozenset[str]) -> dict[str, Role]:
    """The roles a file declares. ConfigError names file and key when one can't be read or a right is unknown."""
    try:
        data = yaml.safe_load(text)
        found = {name: Role.model_validate(body) for name, body in data.items()}
    except (yaml.YAMLError, AttributeError) as error:
        raise ConfigError("bad_roles", f"{file} isn't a YAML mapping of roles: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError("bad_roles", f"{file}: {error.title}.{key}: {first['msg']}.") from error
    for name, role in found.items():
        unknown = sorted(role.rights - known)
        if unknown:
            raise ConfigError("unknown_right", f"{file}: {name}.rights: nobody registered {', '.join(unknown)}.")
    return found


@lru_cache(maxsize=1)
def edition() -> str:
    """The beginning of the digest of the packaged file: the same roles are in force where it is the same."""
    return sha256((files("huiyin") / PACKAGED).read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=1)
def roles() -> Mapping[str, Role]:
    """The packaged roles. Read on first use, when every app has registered its rights."""
    text = (files("huiyin") / PACKAGED).read_text(encoding="utf-8")
    return parse(text, PACKAGED, rights.known())
