"""Every right there is, as `area:thing:verb`. Each ring registers its own when its app is ready."""

import re

from huiyin.kernel.errors import ConfigError

SHAPE = re.compile(r"[a-z_]+(:[a-z_]+){1,2}")

SYSTEM_SWEEP = "system:sweep"
SYSTEM_IMPORT = "system:import"
MANAGE_UNITS = "org:unit:manage"
MANAGE_USERS = "people:user:manage"
GRANT_POSTINGS = "people:posting:grant"
ISSUE_TOKENS = "access:token:issue"
REVOKE_TOKENS = "access:token:revoke"
READ_AUDIT = "audit:entry:read"
PUBLISH_RULES = "cases:rules:publish"
MANAGE_DUTIES = "cases:duty:manage"
DECLARE_DAYS = "workdays:day:declare"
MANAGE_WEBHOOKS = "webhooks:subscription:manage"
MANAGE_PARTNERS = "exchange:partner:manage"

OWN = (
    SYSTEM_SWEEP, SYSTEM_IMPORT, MANAGE_UNITS, MANAGE_USERS, GRANT_POSTINGS, ISSUE_TOKENS, REVOKE_TOKENS, READ_AUDIT,
    PUBLISH_RULES, MANAGE_DUTIES, DECLARE_DAYS, MANAGE_WEBHOOKS, MANAGE_PARTNERS,
)  # fmt: skip
"""Rights of this ring and of those beside and below it that know no rights themselves, and of what the pages of
administration change: the city's own rules, and the systems that it speaks with.
"""

POWERS = frozenset({MANAGE_USERS, GRANT_POSTINGS, READ_AUDIT})
"""What the three officers hold, one each."""

_known: set[str] = set()


def register(*names: str) -> None:
    """Make rights known. Refuses a name of another shape and a name that is known already."""
    for name in names:
        if not SHAPE.fullmatch(name):
            raise ConfigError("bad_right", f"right {name!r} isn't of the form area:thing:verb.")
        if name in _known:
            raise ConfigError("double_right", f"right {name!r} is registered twice.")
        _known.add(name)


def known() -> frozenset[str]:
    """All registered rights."""
    return frozenset(_known)
