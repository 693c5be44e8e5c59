"""The city's townships as a map: by their outlines once all of them have one, else as tiles."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from huiyin.cases.places import townships
from huiyin.org.models import Area
from huiyin.org.reference import org
from huiyin.webkit import maps
from huiyin.webkit.maps import Drawing, Named


def town_map(
    chosen: str = "", *, values: Mapping[str, str] | None = None, levels: Mapping[str, int] | None = None,
    hrefs: Mapping[str, str] | None = None, points: Any = (),
) -> Drawing:  # fmt: skip
    """The townships with a value each. One statement, for the outlines."""
    outlines: dict[str, Any] = dict(Area.objects.filter(boundary__isnull=False).values_list("code", "boundary"))
    areas = [_named(area.code, chosen, values or {}, levels or {}, hrefs or {}, outlines) for area in townships()]
    title = _("各乡镇（街道）")
    counties = [outlines[a.code] for a in org().areas.values() if a.level == "county" and a.code in outlines]
    if areas and all(area.outline for area in areas):  # one without would be nowhere on the map
        return maps.outline_map(title, areas, land=counties, points=points)
    return maps.tile_map(title, areas)


def county_map(points: Any = ()) -> Drawing | None:
    """The county's outline with the places that were given by coordinate; None where no outline was imported."""
    counties = [
        Named(code, org().area_name_of(code), outline=outline)
        for code, outline in Area.objects.filter(level="county", boundary__isnull=False).values_list("code", "boundary")
    ]
    if not counties:
        return None
    return maps.outline_map(_("全市轮廓"), (), land=[one.outline for one in counties if one.outline], points=points)


def _named(
    code: str, chosen: str, values: Mapping[str, str], levels: Mapping[str, int], hrefs: Mapping[str, str],
    outlines: Mapping[str, Any],
) -> Named:  # fmt: skip
    name, value = org().area_name_of(code), values.get(code, "")
    known = org().area(chosen) if chosen else None
    return Named(
        code, name, value, f"{name} {value}".strip(), hrefs.get(code, ""), levels.get(code, 1),
        known is not None and f"/{code}/" in known.path, outlines.get(code),
    )  # fmt: skip
