"""The whole tree of errors that Huiyin raises on purpose.

    HuiyinError
    ├── Refused         a rule says no; nothing was written        (HTTP 409)
    │   └── Stale       someone else changed this in the meantime  (HTTP 409)
    │       └── Outdated    and the caller had said which version they saw (HTTP 412)
    ├── BadInput        what was given can't be read               (HTTP 422)
    ├── NotSignedIn     nobody knows who is asking                 (HTTP 401)
    ├── NotAllowed      this actor may never do this               (HTTP 403)
    ├── NotFound        isn't there, or may not be seen by you     (HTTP 404)
    ├── TooMany         too often in a short time; come back later (HTTP 429)
    ├── ConfigError     a setting or data file is wrong            (exit 2)
    └── Outage          something outside failed, try again        (HTTP 503)

Every message says what happened, what the rule is, and what to do. `code` is stable and is what
programs compare; texts may be lazily translated strings and are only turned into `str` at a door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


class HuiyinError(Exception):
    """Base of all of ours. `code` never changes once released."""

    status = 500

    def __init__(self, code: str, what: object, *, rule: object = "", do: object = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.what = what
        self.rule = rule
        self.do = do
        self.facts = facts

    def sentences(self) -> list[str]:
        """The non-empty parts of the message, in reading order."""
        return [str(part) for part in (self.what, self.rule, self.do) if str(part)]

    def __str__(self) -> str:
        return " ".join(self.sentences())


class Refused(HuiyinError):
    """A rule says no. Nothing was written, sent or logged as done."""

    status = 409


class Stale(Refused):
    """The row was changed by someone else after it was read; `facts["changed"]` lists what."""


class Outdated(Stale):
    """The same, answered to a caller who made the version a condition."""

    status = 412


class NotSignedIn(HuiyinError):
    """The caller must say who they are."""

    status = 401


class NotAllowed(HuiyinError):
    """The actor's postings never give this right, whatever the state."""

    status = 403


class NotFound(HuiyinError):
    """Isn't there, or this actor may not know that it is."""

    status = 404


class TooMany(HuiyinError):
    """Too often in a short time. `facts["retry_after"]` is the number of seconds to wait; nothing was written."""

    status = 429


class ConfigError(HuiyinError):
    """A setting, procedure or policy file is wrong. `what` names file and key."""


class Outage(HuiyinError):
    """Something outside the program failed; the same call may be tried again."""

    status = 503


@dataclass(frozen=True)
class FieldError:
    """One wrong field of an input: its name and a sentence for the person who typed it."""

    field: str
    message: object


class BadInput(HuiyinError):
    """The input can't be read. `fields` says where and why."""

    status = 422

    def __init__(self, *fields: FieldError, code: str = "bad_input", what: object = "") -> None:
        super().__init__(code, what)
        self.fields = fields

    def sentences(self) -> list[str]:
        return [str(self.what)] * bool(str(self.what)) + [f"{f.field}: {f.message}" for f in self.fields]


@dataclass(frozen=True)
class Refusal:
    """A rule's "no" as a value, for pure code that must not raise. See `Refused` for the parts."""

    code: str
    what: object
    rule: object = ""
    do: object = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def error(self) -> Refused:
        return Refused(self.code, self.what, rule=self.rule, do=self.do, **self.facts)
