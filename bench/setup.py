"""Django for the benches, and the small city they run in. Imported first."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from huiyin.access.actor import actor_of  # noqa: E402
from huiyin.people.models import User  # noqa: E402
from tests.factories.cases import publish_rules  # noqa: E402
from tests.personas import PEOPLE, SmallCity, build_city  # noqa: E402


def city() -> SmallCity:
    """The small city of this database, built if it isn't there."""
    call_command("migrate", verbosity=0)
    users = {user.username: user for user in User.objects.filter(username__in=PEOPLE)}
    if users:
        return SmallCity(**{persona: actor_of(users[persona]) for persona in PEOPLE}, users=users)
    made = build_city()
    publish_rules()
    return made
