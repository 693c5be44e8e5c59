"""The small city with the packaged rules in force, on a Tuesday morning."""

import pytest

from tests.conftest import SetClock
from tests.factories.cases import publish_rules
from tests.personas import SmallCity

NOW = "2021-03-02 09:30"


@pytest.fixture
def hotline(city: SmallCity, at: SetClock) -> SmallCity:
    """The city with published rules; the clock stands still."""
    at(NOW)
    publish_rules()
    return city
