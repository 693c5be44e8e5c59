"""The hotline's small city is the ground here too."""

from tests.hotline.conftest import hotline

__all__ = ["hotline"]
