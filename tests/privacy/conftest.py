"""The hotline's small city is the ground here too."""

from pathlib import Path

import pytest

from tests.hotline.conftest import hotline
from tests.ledger.conftest import own_home

__all__ = ["hotline", "own_home"]


@pytest.fixture(autouse=True)
def _home(own_home: Path) -> None:
    """Verification reads the seals kept in the home, which other tests write into theirs."""
