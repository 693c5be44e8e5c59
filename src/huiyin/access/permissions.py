"""The permission matrix of `permissions.yaml`, read and checked. It states; rights and relations decide."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from huiyin.access.roles import Title
from huiyin.kernel.errors import ConfigError

PACKAGED = "access/permissions.yaml"
YES, SOME, NO, SIGN_IN = "●", "◐", "–", "sign-in"


class Matter(BaseModel):
    """For whom a matter of one class exists, and who may learn who raised it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    en: str
    knows: list[str]
    identity: list[str]
    never: list[str]


class Door(BaseModel):
    """Who gets through an address or an operation, and what everybody else gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    open_to: list[str] | str
    others: Literal["no", "404", "code"] = "no"
    sign_in: bool = False
    by_code: bool = True
    shows: list[str] | str | None = None
    why: str = ""


class Permissions(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    personas: dict[str, Title]
    groups: dict[str, list[str]]
    matters: dict[str, Matter]
    web: dict[str, Door]
    api: dict[str, Door]
    shell: dict[str, str]
    notices: dict[str, str]
    actions: dict[str, dict[str, list[str]]] = Field(description="Procedures, or `every` → action → who.")

    def people(self, named: Iterable[str] | str) -> frozenset[str]:
        """The personas behind names of personas and groups. ConfigError for a name that is neither."""
        found: set[str] = set()
        for name in [named] if isinstance(named, str) else named:
            if name in self.personas:
                found.add(name)
            elif name in self.groups:
                found |= self.people(self.groups[name])
            else:
                raise ConfigError("unknown_persona", f"{PACKAGED}: {name!r} is neither a persona nor a group.")
        return frozenset(found)

    def knows(self, matter: str, *, identity: bool = False) -> tuple[frozenset[str], frozenset[str]]:
        """For whom a matter of that class exists (or who may learn who raised it), and for whom never."""
        one = self.matters[matter]
        return self.people(one.identity if identity else one.knows), self.people(one.never)

    def cell(self, door: str, persona: str) -> str:
        """What the persona gets at a door of the web or the API, in the page's signs."""
        one = self.web[door] if door in self.web else self.api[door]
        with_code = persona in {"requester", "other_requester"}
        of_a_case = door in self.api and "{number}" in door and one.by_code
        if one.sign_in and (persona == "visitor" or (with_code and not of_a_case)):
            return SIGN_IN
        if one.open_to == "theirs":
            return SOME if persona == "requester" else one.others
        if one.open_to in ("knows", "identity"):
            return SOME if any(persona in self.knows(name)[0] for name in self.matters) else "404"
        return YES if persona in self.people(one.open_to) else {"no": NO}.get(one.others, one.others)

    def who_may(self, procedure: str, action: str) -> frozenset[str] | None:
        """Who may take the action of a procedure; None when the file doesn't state it."""
        own = [actions for named, actions in self.actions.items() if procedure in named.split(", ")]
        said = next((actions[action] for actions in [*own, self.actions["every"]] if action in actions), None)
        return None if said is None else self.people(said)


@lru_cache(maxsize=1)
def permissions() -> Permissions:
    """The packaged matrix."""
    data: Mapping[str, object] = yaml.safe_load((files("huiyin") / PACKAGED).read_text(encoding="utf-8"))
    return Permissions.model_validate(data)
