"""What sealing and verifying cost: `python -m bench.ledger [--cases N] [--quick]`. PostgreSQL only.

The record comes from `bench.volume`: copies of lived cases whose chains hold, a sample of them verified one by one
beforehand. A million events are some 150,000 cases.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable

import bench.setup
from bench import volume
from bench.measure import backend_cpu
from huiyin.cases.models import Event
from huiyin.ledger import sealing
from huiyin.ledger.verify import Looked, check
from huiyin.ledger.verify.columns import EVENT
from huiyin.ledger.verify.rows import one_moment, stream

DEFAULT = 3000
MOST_SAMPLED = 10_000


def timed(name: str, rows: Callable[[], int]) -> None:
    """One line: rows a second of CPU, the database's backend included, and the peak of memory so far."""
    server, began, ticked = backend_cpu(), time.process_time(), time.perf_counter()
    done = rows()
    cpu, wall = time.process_time() - began + backend_cpu() - server, time.perf_counter() - ticked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:28}{done:9} rows{cpu:9.1f} s CPU{wall:9.1f} s{done / cpu:9.0f} rows/s CPU{peak:8.0f} MB", flush=True)


def verified(*, deep: bool) -> int:
    """Events of a record in which there is no fault."""
    looked = Looked()
    found = next(check(looked, deep=deep), None)
    assert found is None, str(found)
    return looked.events


def bare() -> int:
    """The floor: reading the events' columns in the chain's order, and nothing else."""
    with one_moment():
        return sum(1 for _ in stream(Event, ["case_id", *EVENT.names], ["case_id", "seq"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=DEFAULT)
    parser.add_argument("--quick", action="store_true", help="leave out the whole verification, which replays all")
    asked = parser.parse_args()
    volume.fill(bench.setup.city(), asked.cases)
    volume.settle()
    sampled, wrong = volume.faults(min(MOST_SAMPLED, asked.cases // 10))
    print(f"\n== ledger; {asked.cases} cases, {sampled} of them verified one by one: {len(wrong)} faults", flush=True)
    timed("seal", lambda: sum(one.events for one in sealing.seal()))
    timed("bare read of the events", bare)
    timed("verify, quick", lambda: verified(deep=False))
    if not asked.quick:
        timed("verify", lambda: verified(deep=True))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
