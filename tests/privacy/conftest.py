"""The hotline's small city is the ground here too."""

from tests.hotline.conftest import hotline
from tests.ledger.conftest import own_home

__all__ = ["hotline", "own_home"]
