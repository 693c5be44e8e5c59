"""One small model for all tests that only read it."""

import pytest

from huiyin.routing.model import Model
from huiyin.routing.train import train
from tests.routing.said import lesson


@pytest.fixture(scope="session")
def small() -> Model:
    """A model that tells lamps, buses and water apart."""
    return train(lesson())
