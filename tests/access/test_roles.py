"""Rights and roles: what is known, and how a wrong file is refused."""

import pytest

from huiyin.access import rights
from huiyin.access.rights import MANAGE_DUTIES, PUBLISH_RULES
from huiyin.access.roles import PACKAGED, parse, roles
from huiyin.kernel.errors import ConfigError
from tests.personas import PEOPLE

GOOD = """
clerk:
  title: {zh: 经办人, en: Clerk}
  scope: unit
  rights: ["cases:order:handle"]
"""
KNOWN = frozenset({"cases:order:handle"})

OF_MACHINES = {"telephone_system"}
"""Roles that no person holds."""


def test_the_packaged_roles_name_registered_rights_only() -> None:
    named = {right for role in roles().values() for right in role.rights}

    assert named - rights.known() == set()
    assert {role for _name, _unit, role in PEOPLE.values() if role} | OF_MACHINES == set(roles())


def test_the_three_powers_share_no_right_and_read_no_case() -> None:
    powers = [roles()[name].rights for name in ("administrator", "security_officer", "auditor")]

    assert sum(map(len, powers)) == len(frozenset().union(*powers))
    about_rules = {PUBLISH_RULES, MANAGE_DUTIES}
    assert [right for power in powers for right in power - about_rules if right.startswith("cases:")] == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("cases:order:handle", "cases:order:shred", "clerk.rights: nobody registered cases:order:shred"),
        ("scope: unit", "scope: world", "Role.scope"),
        ("scope: unit", "scope: unit\n  colour: red", "Role.colour"),
        ("clerk:", "clerk: [", "isn't a YAML mapping"),
        (GOOD, "- clerk", "isn't a YAML mapping"),
    ],
)
def test_a_wrong_roles_file_is_refused_by_file_and_key(old: str, new: str, named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(GOOD.replace(old, new), PACKAGED, KNOWN)

    assert PACKAGED in str(caught.value)
    assert named in str(caught.value)


def test_a_right_is_registered_once_and_in_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "_known", set())
    rights.register("cases:order:handle", "system:sweep")

    for wrong in ("cases:order:handle", "Cases:Order:Handle", "handle", "a:b:c:d"):
        with pytest.raises(ConfigError):
            rights.register(wrong)
    assert rights.known() == {"cases:order:handle", "system:sweep"}
