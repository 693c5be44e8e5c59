"""What it costs to join a new case to what a million others say: `python -m bench.similar --readings 1000000`.

The readings are made of invented words whose frequencies fall as those of a language do (Zipf), every tenth of them one
of a matter of five. They stand for no cases: what a join reads is readings, their rare words and their issues. Exit 1
when a join takes more than its budget of CPU or of statements.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from uuid import UUID, uuid4

import numpy as np
import numpy.typing as npt
from django.core.management import call_command
from django.db import connection, transaction

import bench.setup  # noqa: F401 - Django first
from bench.measure import RUNS, line, measure
from huiyin.cases import similar
from huiyin.cases.models import HotIssue, Reading, Term
from huiyin.cases.services import gather
from huiyin.kernel import clock
from huiyin.textmining import similar as texts

MOST_MS, MOST_STATEMENTS = 50, 15
VOCABULARY, WORDS, OWN_WORDS, STRETCHES = 60_000, 45, 10, 18
EVERY, MEMBERS = 10, 5
BATCH = 5000
LEARNED_FROM = 20_000


class Invented:
    """Readings of invented words."""

    def __init__(self, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.names = self.dice.integers(1, 2**32, VOCABULARY, dtype=np.uint32)
        falling = 1 / np.arange(1, VOCABULARY + 1)
        self.shares = np.cumsum(falling / falling.sum())
        self.day = clock.now().timestamp() / 86400

    def thrown(self, many: int, count: int) -> npt.NDArray[np.uint32]:
        """So many times so many words as a language throws them."""
        return self.names[np.searchsorted(self.shares, self.dice.random((many, count)))]

    def readings(self, own: Sequence[texts.Hashes | None]) -> Iterator[texts.Reading]:
        """A message each; one of a matter says most of that matter's own words too."""
        many = len(own)
        said, titles = self.thrown(many, WORDS), np.sort(self.thrown(many, STRETCHES), axis=1)
        kept, days = self.dice.random((many, OWN_WORDS)) < 0.8, self.day - self.dice.random(many) * 400
        places = self.dice.integers(18, size=(many, 1)).astype(np.uint32)
        for n, matter in enumerate(own):
            words = said[n] if matter is None else np.concatenate([said[n, OWN_WORDS:], matter[kept[n]]])
            found, counts = np.unique(words, return_counts=True)
            yield texts.Reading(found, counts.astype(np.uint8), titles[n], places[n], float(days[n]))

    def matter(self) -> texts.Hashes:
        """A matter's own words, which are rare."""
        return self.names[self.dice.integers(VOCABULARY // 20, VOCABULARY, OWN_WORDS)]

    def many(self, count: int) -> Iterator[tuple[texts.Reading, int | None]]:
        """So many readings, each with the number of its matter, if it is of one."""
        matters: list[texts.Hashes] = []
        for some in batched(range(count), BATCH, strict=False):
            numbers = [n // (EVERY * MEMBERS) if n % EVERY == 0 else None for n in some]
            while len(matters) <= some[-1] // (EVERY * MEMBERS):
                matters.append(self.matter())
            own = [None if number is None else matters[number] for number in numbers]
            told = [None if number is None else number + 1 for number in numbers]
            yield from zip(self.readings(own), told, strict=True)


def fill(invented: Invented, count: int) -> None:
    """Write so many readings with their words and issues, without the cases that they would stand for."""
    using = texts.learn(reading for reading, _matter in invented.many(LEARNED_FROM))
    similar.put_to_use(using)
    issues: list[UUID] = []
    pk = 0
    for some in batched(invented.many(count), BATCH, strict=False):
        newest = max((matter or 0) for _reading, matter in some)
        made = [HotIssue(created_at=clock.now(), counted=True, status="adopted") for _ in range(newest - len(issues))]
        issues += [one.pk for one in HotIssue.objects.bulk_create(made)]
        first = pk + 1
        rows = []
        terms: list[tuple[int, int]] = []
        for reading, matter in some:
            pk += 1
            rows.append(
                Reading(
                    pk=pk, case_id=uuid4(), stored=reading.to_bytes(), waiting=False,
                    issue_id=issues[matter - 1] if matter else None,
                )
            )  # fmt: skip
            terms += [(term, pk) for term in similar.terms_of(using, reading)]
        Reading.objects.bulk_create(rows)
        _write(terms)
        if first % (20 * BATCH) == 1:
            print(f"{pk:,} readings", file=sys.stderr, flush=True)


def _write(terms: Sequence[tuple[int, int]]) -> None:
    columns = f"{Term._meta.db_table} (term, reading_id)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {columns} FROM STDIN") as copying:
                for row in terms:
                    copying.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {columns} VALUES (%s, %s)", terms)  # noqa: S608 - ours


def sizes() -> Iterable[str]:
    """What the tables take, where the database says so."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Reading, Term):
                cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
                yield f"{model.__name__.lower()}s {cursor.fetchone()[0] / 2**20:,.0f} MiB"


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--readings", type=int, default=200_000)
    count = asked.parse_args().readings
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        off = "PRAGMA foreign_keys = OFF" if connection.vendor == "sqlite" else "SET session_replication_role = replica"
        cursor.execute(off)
    invented = Invented(7)
    began = time.perf_counter()
    with transaction.atomic():
        fill(invented, count)
    print(f"\n== {connection.vendor}; {count:,} readings in {time.perf_counter() - began:.0f} s; {'; '.join(sizes())}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    using = similar.weights()
    own = Reading.objects.exclude(issue=None).order_by("-pk").values_list("stored", flat=True)
    like = [texts.Reading.from_bytes(bytes(one)) for one in own[: RUNS * 3]]
    others = list(invented.readings([None] * RUNS * 3))
    fresh = iter(enumerate((others[n] if n % 2 else like[n] for n in range(RUNS * 3)), count + 1))

    def join() -> None:
        key, reading = next(fresh)
        row = Reading.objects.create(pk=key, case_id=uuid4(), stored=reading.to_bytes())
        _write([(term, row.pk) for term in similar.terms_of(using, reading)])
        gather.join(row, gather.Gathered())

    found = measure("join a case", join)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(line(found, None, MOST_STATEMENTS))
    print(
        f"weights {len(using.keys):,} words, {using.keys.nbytes + using.found.nbytes:,} bytes; process {memory:.0f} MiB"
    )
    broken = found.cpu > MOST_MS or found.statements > MOST_STATEMENTS
    if broken:
        print(f"BUDGET BROKEN  join: {found.cpu:.1f} ms CPU (at most {MOST_MS}), {found.statements} statements")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
