"""The hotline's small city is the ground here too."""

from tests.hotline.conftest import hotline
from tests.web.conftest import signed_in

__all__ = ["hotline", "signed_in"]
