"""Every door there is stands in the permission matrix, and nothing else does."""

from collections.abc import Iterable

import click
from django.urls import URLPattern, URLResolver, get_resolver

from huiyin.access.permissions import PACKAGED, permissions
from huiyin.api.urls import api
from huiyin.cases import registry
from huiyin.cli.docs import packaged
from huiyin.cli.main import COMMANDS, huiyin

HOW = f"state it in src/huiyin/{PACKAGED}; its head says how. Then: huiyin docs write"


def routes(below: Iterable[URLPattern | URLResolver], before: str = "") -> Iterable[str]:
    """Every route of the site but the API's, whose operations are stated one by one."""
    for one in below:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route) if not route.startswith("api/") else ()
        else:
            yield route


def operations() -> Iterable[str]:
    """Every operation of the API, as `GET /api/v1/…`."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        yield from (f"{method.upper()} {path}" for method in methods)


def commands(group: click.Group, before: str = "") -> Iterable[str]:
    """Every command of the shell."""
    context = click.Context(group)
    for name in COMMANDS if group is huiyin else group.list_commands(context):
        one = group.get_command(context, name)
        assert one is not None
        full = f"{before} {name}".strip()
        if isinstance(one, click.Group):
            yield from commands(one, full)
        else:
            yield full


def differences(there: Iterable[str], stated: Iterable[str]) -> list[str]:
    """What is there and not stated, and the reverse, each with what to do."""
    there, stated = set(there), set(stated)
    return [f"{door!r} isn't stated: {HOW}" for door in sorted(there - stated)] + [
        f"{door!r} is stated and isn't there: take it out of {PACKAGED}" for door in sorted(stated - there)
    ]


def test_every_address_is_stated() -> None:
    assert differences(routes(get_resolver().url_patterns), permissions().web) == []


def test_every_operation_is_stated() -> None:
    assert differences(operations(), permissions().api) == []


def test_every_command_is_stated() -> None:
    assert differences(commands(huiyin), permissions().shell) == []


def test_every_recipient_of_notices_is_stated() -> None:
    assert differences(registry.recipient, permissions().notices) == []


def test_every_action_of_every_procedure_is_stated() -> None:
    stated = permissions()
    there = {f"{procedure.name}: {name}" for procedure in packaged() for name in procedure.actions}
    found = {door for door in there if stated.who_may(*door.split(": ")) is not None}

    assert differences(there, found) == []
    used = {name for procedure in packaged() for name in procedure.actions}
    own = {(procedure.name, name) for procedure in packaged() for name in procedure.actions}
    assert [name for name in stated.actions["every"] if name not in used] == []
    named = {
        (procedure, name)
        for procedures, actions in stated.actions.items()
        for procedure in procedures.split(", ")
        for name in actions
        if procedure != "every"
    }
    assert named - own == set()


def test_every_name_in_the_file_is_a_persona_or_a_group() -> None:
    stated = permissions()
    doors = [*stated.web.values(), *stated.api.values()]
    ours = {"knows", "identity", "theirs"}
    for named in [
        *stated.groups.values(),
        *(names for one in stated.matters.values() for names in (one.knows, one.identity, one.never)),
        *(names for actions in stated.actions.values() for names in actions.values()),
        *(names for door in doors for names in (door.open_to, door.shows) if names and names not in ours),
    ]:
        assert stated.people(named) <= set(stated.personas)


def test_a_door_that_is_not_stated_is_told_with_what_to_do() -> None:
    [told] = differences(["desk/secret/"], [])

    assert told.startswith("'desk/secret/' isn't stated: state it in src/huiyin/access/permissions.yaml")
