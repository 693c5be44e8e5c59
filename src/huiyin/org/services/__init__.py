"""The doors that write units and areas. Each marks the snapshot as changed in its own transaction."""

from huiyin.org.services.areas import import_areas, import_boundaries, import_outline, rename_area
from huiyin.org.services.city import Loaded, load_city, packaged_city
from huiyin.org.services.units import (
    close_unit,
    confirm_unit,
    move_unit,
    register_unit,
    rename_unit,
    unconfirmed_code,
    unconfirmed_unit,
    unconfirmed_units,
)

__all__ = [
    "Loaded",
    "close_unit",
    "confirm_unit",
    "import_areas",
    "import_boundaries",
    "import_outline",
    "load_city",
    "move_unit",
    "packaged_city",
    "register_unit",
    "rename_area",
    "rename_unit",
    "unconfirmed_code",
    "unconfirmed_unit",
    "unconfirmed_units",
]
