"""The hotline's promises about its telephone, read from `standard.yaml`."""

from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from huiyin.cases.procedures.spec import Part, Title, parse


class Standard(Part):
    """Limits and periods of calls."""

    answer_seconds: int = Field(gt=0)
    connect_basis_points: int = Field(gt=0, le=10_000)
    callback_minutes: int = Field(gt=0)
    attempts: int = Field(gt=0, le=20)
    again_minutes: int = Field(gt=0)
    numbers_kept_days: int = Field(gt=0)
    flag_days: int = Field(gt=0)
    source: Title


@lru_cache(maxsize=1)
def standard() -> Standard:
    """The packaged promises. ConfigError for a faulty file."""
    text = (files("huiyin.calls") / "standard.yaml").read_text(encoding="utf-8")
    return parse(text, "calls/standard.yaml", Standard)
