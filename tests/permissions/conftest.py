"""The world of the matrix: built once a module inside a transaction that is taken back."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from huiyin.kernel import clock
from tests.permissions import world as made


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: object) -> Iterator[made.World]:
    """The city, its people and a matter of each class."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        clock.install(lambda: made.NOW)
        yield made.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: made.World, _clean_process: None, db: None) -> made.World:
    """The same, on a Tuesday morning; whatever a test writes is taken back."""
    clock.install(lambda: made.NOW)
    built.browsers.clear()
    built.tokens.clear()
    return built
