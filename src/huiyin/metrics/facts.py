"""What figures are counted from: one row per case and one per act, as Arrow tables.

Every case has at least the act that opened it; a case none of whose acts is known yet is itself unknown. Within a
case `seq` has no doubles, and `at` runs backwards only for marks that were noted late. All instants are UTC with
microseconds. Unit and area paths begin and end with a slash.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

INSTANT = pa.timestamp("us", "UTC")

MATTERS = pa.schema(
    [
        pa.field("number", pa.string(), nullable=False),
        pa.field("procedure", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("urgency", pa.string(), nullable=False),
        pa.field("category", pa.string()),
        pa.field("area", pa.string()),
        pa.field("confidentiality", pa.string(), nullable=False),
        pa.field("respondent_unit", pa.string()),
        pa.field("repeat_of", pa.string()),
        pa.field("grown_from", pa.string()),
        pa.field("received_at", INSTANT, nullable=False),
    ]
)
"""One row per case. `procedure` is its name without the version; `repeat_of` the number of an earlier
case; `grown_from` that of the matter at another door that it was before."""

ACTS = pa.schema(
    [
        pa.field("number", pa.string(), nullable=False),
        pa.field("seq", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("at", INSTANT, nullable=False),
        pa.field("recorded_at", INSTANT, nullable=False),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("lead", pa.string(), nullable=False),
        pa.field("units", pa.list_(pa.string()), nullable=False),
        pa.field("phase", pa.string(), nullable=False),
        pa.field("state", pa.string(), nullable=False),
        pa.field("promise_at", INSTANT),
        pa.field("answers", pa.bool_(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("reached", pa.string()),
        pa.field("solved", pa.string()),
        pa.field("satisfied", pa.string()),
        pa.field("clock", pa.string()),
        pa.field("catalogue", pa.string()),
        pa.field("off_list", pa.bool_(), nullable=False),
        pa.field("supported", pa.bool_(), nullable=False),
        pa.field("model", pa.string()),
        pa.field("rank", pa.int8()),
        pa.field("persons", pa.int32()),
        pa.field("door", pa.string()),
        pa.field("starts", pa.list_(pa.string())),
    ]
)
"""One row per act or mark. `lead`, `units`, `phase`, `state` and `promise_at` say how the case stands after it;
`promise_at` is empty while no promise runs (not accepted yet, paused, answered, closed). `answers` marks the act that
gave the promised answer, in time or not. `clock` is the clock a mark is about. `model` is the version that proposed
beside a dispatch; `rank` the place of the unit chosen among those it was sure enough to propose, 0 for another one,
empty where it proposed none. `persons` came with the act, by the door it names (empty: that of the case); `starts` are
the clocks that it starts.
"""


@dataclass(frozen=True)
class Facts:
    """Two tables of the schemas above; other columns are dropped. ValueError for doubles or missing values."""

    matters: pa.Table
    acts: pa.Table

    def __post_init__(self) -> None:
        object.__setattr__(self, "matters", _fitted(self.matters, MATTERS, ["number"]))
        object.__setattr__(self, "acts", _fitted(self.acts, ACTS, ["number", "seq"]))


def no_matters() -> pa.Table:
    """A table of cases without a row."""
    return MATTERS.empty_table()


def no_acts() -> pa.Table:
    """A table of acts without a row."""
    return ACTS.empty_table()


def empty() -> Facts:
    """Facts of a day on which nothing has happened yet."""
    return Facts(no_matters(), no_acts())


def from_rows(matters: Iterable[Mapping[str, object]], acts: Iterable[Mapping[str, object]]) -> Facts:
    """Facts from plain rows; what a row leaves out is empty."""
    return Facts(
        pa.Table.from_pylist([dict(row) for row in matters], schema=MATTERS),
        pa.Table.from_pylist([dict(row) for row in acts], schema=ACTS),
    )


def _fitted(table: pa.Table, schema: pa.Schema, key: list[str]) -> pa.Table:
    fitted = table.select(schema.names).cast(pa.schema([field.with_nullable(True) for field in schema]))
    for field in schema:
        if not field.nullable and fitted.column(field.name).null_count:
            raise ValueError(f"column {field.name} has empty values")
    distinct = (
        pc.count_distinct(fitted.column(key[0])).as_py()
        if len(key) == 1
        else fitted.group_by(key).aggregate([]).num_rows
    )
    if distinct != fitted.num_rows:
        raise ValueError(f"two rows have the same {' and '.join(key)}")
    return fitted
