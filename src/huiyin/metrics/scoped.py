"""Which cases somebody's figures may be made of. Applied before any definition sees a row."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from ibis.backends import BaseBackend

from huiyin.metrics.facts import Facts
from huiyin.metrics.view import View, all_known, at_instant, last
from huiyin.metrics.view import as_of as known_at

UNSEALED = frozenset({"open", "protected", "restricted"})


@dataclass(frozen=True)
class Scope:
    """Everything, or the cases of some units or areas (with all below them); never more than `confidentialities`.

    A case is a unit's when the unit leads or helps with it as it stands, and for a closed case as it last stood;
    with `formerly`, also when it once did. `barred` numbers are out whatever else holds. A repeat outside the scope
    is as unknown as any other case outside it.
    """

    units: frozenset[str] | None = None
    areas: frozenset[str] | None = None
    confidentialities: frozenset[str] = UNSEALED
    barred: frozenset[str] = field(default=frozenset(), repr=False)
    formerly: bool = False
    exact: bool = False
    """True: of the named units themselves, not of those below them."""

    def __post_init__(self) -> None:
        for path in (self.units or frozenset()) | (self.areas or frozenset()):
            if not (path.startswith("/") and path.endswith("/")):
                raise ValueError(f"{path!r} is no path: it begins and ends with a slash")


EVERYTHING = Scope()
"""All cases but the sealed ones."""


def seen(
    facts: Facts, scope: Scope, *, as_of: datetime, con: BaseBackend, history: pa.Table | None = None
) -> View:  # fmt: skip
    """The facts as known at an instant, within `scope`. Where the scope cuts off single cases alone, and what acts
    changed is worked out, they are cut before anything is loaded.
    """
    if history is None or scope.units is not None or scope.areas is not None or not all_known(history, as_of):
        return scoped(known_at(facts, as_of, con, history), scope)
    open_ones = pc.is_in(facts.matters["confidentiality"], value_set=pa.array(sorted(scope.confidentialities)))
    barred = pc.is_in(facts.matters["number"], value_set=pa.array(sorted(scope.barred), pa.string()))
    matters = facts.matters.filter(pc.and_(open_ones, pc.invert(barred)))
    if matters.num_rows < facts.matters.num_rows:
        history = history.filter(pc.is_in(history["number"], value_set=matters["number"]))
    kept = at_instant(con, as_of)
    return View(kept, kept.given("matters", matters), kept.given("history", history))


def scoped(view: View, scope: Scope) -> View:
    """The same view with only the cases within `scope`."""
    barred = view.kept.given("barred", pa.table({"number": sorted(scope.barred)})) if scope.barred else None
    key = replace(scope, barred=frozenset()), barred is None
    matters = view.kept.table(("matters", *key), lambda: _within(view, scope, barred), name="matters")
    history = view.kept.table("history", lambda: view.history.semi_join(matters, "number"), name="history")
    return View(view.kept, matters, history)


def _within(view: View, scope: Scope, barred: ibis.Table | None) -> ibis.Table:
    matters = view.matters.filter(_.confidentiality.isin(sorted(scope.confidentialities)))
    if barred is not None:
        matters = matters.anti_join(barred, "number")
    if scope.units is None and scope.areas is None:
        return matters
    mine = [_of_areas(view, scope.areas)] if scope.areas else []
    mine += [_of_units(view, scope.units, formerly=scope.formerly, exact=scope.exact)] if scope.units else []
    return matters.semi_join(ibis.union(*mine), "number") if mine else matters.limit(0)


def below(column: ibis.Value, paths: frozenset[str]) -> ibis.Value:
    """Whether the path is one of `paths` or lies below one."""
    return ibis.or_(*(column.startswith(path) for path in sorted(paths))).fill_null(False)


def _of_areas(view: View, areas: frozenset[str]) -> ibis.Table:
    return view.matters.filter(below(_.area, areas)).select("number")


def _of_units(view: View, units: frozenset[str], *, formerly: bool, exact: bool) -> ibis.Table:
    acts = view.history if formerly else _last_with_units(view)
    named = acts.select("number", unit=_.units.unnest())
    led = acts.select("number", unit=_.placed if not formerly else _.lead)
    mine = _.unit.isin(sorted(units)) if exact else below(_.unit, units)
    return ibis.union(named, led).filter(mine).select("number")


def _last_with_units(view: View) -> ibis.Table:
    """How each case stands; a closed one as it stood when it last had a unit."""
    standing = last(view.history)
    over = standing.filter(_.out).select("number")
    with_units = view.history.semi_join(over, "number").filter((_.units.length() > 0) | (_.lead != ""))
    return ibis.union(standing.filter(~_.out), last(with_units))
