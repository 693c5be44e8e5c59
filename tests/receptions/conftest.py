"""The world of receptions: built once a module inside a transaction that is taken back."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from huiyin.kernel import clock
from tests.conftest import SetClock
from tests.receptions import world as made


def _set(text: str) -> datetime:
    instant = datetime.fromisoformat(text).replace(tzinfo=clock.zone())
    clock.install(lambda: instant)
    return instant


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: object) -> Iterator[made.World]:
    """The city with its leaders."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield made.build(_set)
        transaction.set_rollback(True)


@pytest.fixture
def world(built: made.World, _clean_process: None, db: None, at: SetClock) -> made.World:
    """The same on Monday 6 September 2021; whatever a test writes is taken back."""
    at(made.NOW)
    return built
