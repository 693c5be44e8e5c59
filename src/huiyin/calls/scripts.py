"""What a seat says in hard moments: refusals, danger, insults. Texts of `scripts.yaml`."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from django.utils.translation import get_language

from huiyin.cases.procedures.spec import Part, Title, parse

EMERGENCY_REASON = "emergency"


class Scripts(Part):
    """Texts by occasion."""

    opening: Title
    closing: Title
    danger: Mapping[str, Title]
    """By the number to connect to."""
    abuse: Title
    refusals: Mapping[str, Title]
    """By the reason of the refusal."""

    def say(self, reason: str) -> str:
        """What to tell somebody who is refused for that reason; "" for a reason without words."""
        words = self.refusals.get(reason)
        return words.in_(get_language() or "zh") if words else ""


@lru_cache(maxsize=1)
def scripts() -> Scripts:
    """The packaged texts. ConfigError for a faulty file."""
    return parse((files("huiyin.calls") / "scripts.yaml").read_text(encoding="utf-8"), "calls/scripts.yaml", Scripts)
