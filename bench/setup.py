"""Django for the benches, and the small city they run in. Imported first."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from huiyin.access.actor import actor_of  # noqa: E402
from huiyin.org.enums import UnitKind, UnitLevel  # noqa: E402
from huiyin.org.models import Unit, UnitName  # noqa: E402
from huiyin.org.versions import touch  # noqa: E402
from huiyin.people.models import User  # noqa: E402
from tests.factories.cases import publish_rules  # noqa: E402
from tests.personas import PEOPLE, SmallCity, build_city  # noqa: E402

DEPARTMENTS = tuple(f"department-{n:02}" for n in range(1, 61))
"""Departments beside those of the small city, so that a case among many is led by one of many."""


def _make_departments() -> None:
    rows = [
        Unit(code=code, kind=UnitKind.DEPARTMENT, level=UnitLevel.COUNTY, parent_id="jieshou", path=f"/jieshou/{code}/")
        for code in DEPARTMENTS
    ]
    Unit.objects.bulk_create(rows)
    UnitName.objects.bulk_create(UnitName(unit=row, name=f"第{row.code[-2:]}局", kind=row.kind) for row in rows)
    touch("org")


def city() -> SmallCity:
    """The small city of this database, built if it isn't there."""
    call_command("migrate", verbosity=0)
    users = {user.username: user for user in User.objects.filter(username__in=PEOPLE)}
    if users:
        return SmallCity(**{persona: actor_of(users[persona]) for persona in PEOPLE}, users=users)
    made = build_city()
    _make_departments()
    publish_rules()
    return made
