"""Tables keep the rings too: a foreign key named by a string escapes the import linter."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).parents[1]


def ring_of() -> dict[str, int]:
    """Package → how high its ring is, from the linter's own list."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(c["layers"] for c in contracts if c["containers"] == ["huiyin"])
    return {name.strip(): -height for height, layer in enumerate(layers) for name in layer.split("|")}


def upward(model: type[models.Model], heights: dict[str, int]) -> list[str]:
    """Relations of the model that point to a higher ring, or to a neighbour in the same one."""
    own = model._meta.app_label
    return [
        f"{model.__name__}.{field.name} → {target._meta.label}"
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and (target := field.related_model) is not None
        and not isinstance(target, str)
        and (there := target._meta.app_label) in heights
        and there != own
        and heights[there] >= heights[own]
    ]


def test_no_foreign_key_points_up() -> None:
    heights = ring_of()
    ours = [m for m in apps.get_models() if m.__module__.startswith("huiyin.")]

    assert len(ours) > 10
    assert [fault for model in ours for fault in upward(model, heights)] == []


def test_the_check_would_see_one() -> None:
    from huiyin.cases.models import Case

    heights = ring_of()

    assert upward(Case, {**heights, "people": 1}) == ["Case.requester → people.Party"]


def test_every_package_has_a_ring() -> None:
    packages = {path.name for path in (ROOT / "src/huiyin").iterdir() if (path / "__init__.py").exists()}

    assert packages == set(ring_of())
