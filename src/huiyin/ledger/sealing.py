"""Sealing: what was recorded since the last seal, under one signed root.

Which events are sealed is told case by case (an event can't be committed before the one before it), never by the
instant of recording: a transaction that was open at the watermark, or a clock that was set back, only means that its
events come into a later seal. Reading and hashing happen outside the transaction that writes, so that no lock is
held for long; who comes second finds the number taken and has written nothing.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext_lazy as _

from huiyin.audit.models import Entry
from huiyin.cases.models import Case, Event
from huiyin.kernel import building, clock
from huiyin.kernel.canonical import instant_text
from huiyin.kernel.errors import Refused
from huiyin.ledger import signing
from huiyin.ledger.merkle import Growing
from huiyin.ledger.models import Run, Seal, SealedEntry
from huiyin.ledger.statement import (
    SEAL,
    Sums,
    blind_leaf,
    entry_hash,
    entry_leaf,
    event_leaf,
    seal_hash,
    seal_statement,
)

MOST = 65_536
"""Leaves in one seal. More make more seals; a proof then takes a tenth of a second to draw up."""
PAGE = 1000
LOOK_BACK = timedelta(days=1)
"""How far before the last seal a daily one looks for what was committed late."""
THOROUGH_EVERY = timedelta(days=7)
"""How often every case is looked at."""


@dataclass
class Gathered:
    """What will be in the next seal. Runs and entries aren't saved yet."""

    runs: list[Run] = field(default_factory=list)
    entries: list[SealedEntry] = field(default_factory=list)
    events: int = 0

    @property
    def room(self) -> int:
        """How many leaves still fit."""
        return MOST - self.events - len(self.entries)


def last_seal() -> Seal | None:
    """The newest seal."""
    return Seal.objects.order_by("-number").first()


def seal(*, thorough: bool | None = None) -> list[Seal]:
    """Seal all that isn't sealed yet; the seals made, none where nothing was recorded.

    A thorough pass looks at every case, another at what was recorded since a day before the last seal; by default a
    pass is thorough in a rehearsal (whose clock moves) and once a week.
    Raises Refused when somebody else sealed meanwhile (theirs stands), when the home's key isn't the seals' own, and
    while a rehearsal city is being built.
    """
    building.refuse_while_building()
    last = last_seal()
    whole = _is_time_to_look_everywhere(last) if thorough is None else thorough
    since = None if whole or last is None else last.at - LOOK_BACK
    made: list[Seal] = []
    for gathered in _gather(since):
        last = _write(gathered, last, thorough=since is None)
        made.append(last)
    return made


def seal_daily() -> list[Seal]:
    """Seal if nothing has been sealed yet on the city's day. What somebody else seals at this moment is theirs."""
    last = last_seal()
    if last is not None and clock.local_date(last.at) == clock.today():
        return []
    try:
        return seal()
    except Refused as refused:
        if refused.code != MEANWHILE:
            raise
        return []


MEANWHILE = "sealed_meanwhile"


def _is_time_to_look_everywhere(last: Seal | None) -> bool:
    if settings.REHEARSAL or last is None:
        return True
    latest = Seal.objects.filter(thorough=True).order_by("-number").first()
    return latest is None or abs(clock.now() - latest.at) >= THOROUGH_EVERY


def _gather(since: datetime | None) -> Iterator[Gathered]:
    """What isn't sealed yet, in portions that fit into one seal each."""
    now = Gathered()
    for run in _runs(since):
        if run.last - run.first + 1 > now.room:
            yield now
            now = Gathered()
        run.start = now.events
        now.events += run.last - run.first + 1
        now.runs.append(run)
    if not now.room:
        yield now
        now = Gathered()
    while entries := _entries(since, now):
        now.entries = entries
        if now.room:
            break
        yield now
        now = Gathered()
    if now.runs or now.entries:
        yield now


def _runs(since: datetime | None) -> Iterator[Run]:
    """The unsealed events of each case, in the order of the cases' keys."""
    for page in _candidates(since):
        sealed = dict(
            Run.objects.filter(case_id__in=page).values("case_id").annotate(upto=Max("last"))
            .values_list("case_id", "upto")
        )  # fmt: skip
        rows = Event.objects.filter(case__in=page).order_by("case_id", "seq")
        told = rows.values_list("case_id", "case__number", "seq", "hash").iterator(chunk_size=PAGE)
        for (key, number), events in groupby(told, key=lambda row: (row[0], row[1])):
            upto: int = sealed.get(key, 0)
            hashes = _following(upto, [(seq, hashed) for _key, _number, seq, hashed in events])
            for first in range(0, len(hashes), MOST):
                part = hashes[first : first + MOST]
                at = upto + first + 1
                yield Run(case_id=key, number=number, first=at, last=at + len(part) - 1, hashes=b"".join(part))


def _following(upto: int, events: Sequence[tuple[int, str]]) -> list[bytes]:
    """The hashes after `upto`, as far as they follow without a gap and are hashes; `verify` names what isn't."""
    found: list[bytes] = []
    for seq, hashed in events:
        if seq <= upto:
            continue
        if seq != upto + len(found) + 1 or len(hashed) != 64:
            break
        try:
            found.append(bytes.fromhex(hashed))
        except ValueError:
            break
    return found


def _candidates(since: datetime | None) -> Iterator[list[UUID]]:
    """Keys of cases that may have unsealed events, a page at a time."""
    after = UUID(int=0)
    while True:
        if since is None:
            sealed = Run.objects.filter(case_id=OuterRef("pk"), last__gte=OuterRef("version"))
            waiting = Case.objects.filter(~Exists(sealed), pk__gt=after).order_by("pk")
            page = list(waiting.values_list("pk", flat=True)[:PAGE])
        else:
            recent = Event.objects.filter(recorded_at__gte=since, case_id__gt=after).order_by("case_id")
            page = list(recent.values_list("case_id", flat=True).distinct()[:PAGE])
        if not page:
            return
        yield page
        after = page[-1]


def _entries(since: datetime | None, now: Gathered) -> list[SealedEntry]:
    """Audit entries that no seal holds, as many as fit. Called again after they were written, it finds the next."""
    waiting = Entry.objects.filter(~Exists(SealedEntry.objects.filter(entry=OuterRef("pk"))))
    if since is not None:
        waiting = waiting.filter(at__gte=since)
    return [SealedEntry(entry=row.pk, hash=bytes.fromhex(hash_of(row))) for row in waiting.order_by("pk")[: now.room]]


def hash_of(row: Entry) -> str:
    """The hash of an audit entry."""
    return entry_hash(row.pk, instant_text(row.at), row.actor, row.action, row.subject, row.reason, row.detail)


def leaves_of(runs: Sequence[Run]) -> Iterator[bytes]:
    """The leaves of runs that stand in their order in the seal."""
    for run in runs:
        hashes = bytes(run.hashes)
        for n in range(run.last - run.first + 1):
            yield event_leaf(run.number, run.first + n, hashes[32 * n : 32 * n + 32].hex())


def _sums(gathered: Gathered, blind: str) -> Sums:
    events, entries = Growing(), Growing()
    for leaf in leaves_of(gathered.runs):
        events.add(leaf)
    entries.add(blind_leaf(blind))
    for entry in gathered.entries:
        entries.add(entry_leaf(entry.entry, bytes(entry.hash).hex()))
    return Sums(gathered.events, events.root.hex(), len(gathered.entries), entries.root.hex())


def _write(gathered: Gathered, last: Seal | None, *, thorough: bool) -> Seal:
    key = signing.own_key()
    signer = signing.key_id(signing.public_text(key))
    _check_same_key(last, signer)
    blind, now = secrets.token_hex(32), clock.now()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    sums = _sums(gathered, blind)
    statement = seal_statement(number, previous, now, sums, rehearsal=settings.REHEARSAL, key=signer)
    signature = signing.sign(key, SEAL, statement)
    made = Seal(
        number=number, at=now, events=sums.events, entries=sums.entries, statement=statement, signature=signature,
        hash=seal_hash(statement, signature), blind=blind, thorough=thorough,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            for run in gathered.runs:
                run.seal = made
            for entry in gathered.entries:
                entry.seal = made
            Run.objects.bulk_create(gathered.runs, batch_size=PAGE)
            SealedEntry.objects.bulk_create(gathered.entries, batch_size=PAGE)
    except IntegrityError as error:
        raise Refused(
            MEANWHILE,
            _("刚刚已有另一次封存。"),
            rule=_("每条记录只封存一次，先完成的一次有效。"),
            do=_("无需处理；需要时可再次封存。"),
        ) from error
    return made


def _check_same_key(last: Seal | None, signer: str) -> None:
    if last is not None and statement_of(last).get("key") != signer:
        raise Refused(
            "other_key",
            _("本机密钥与此前封存所用的密钥不同。"),
            rule=_("封存须由同一密钥签名，否则无法互相印证。"),
            do=_("请把备份中的 keys/ledger 恢复到 HUIYIN_HOME。"),
        )


def statement_of(one: Seal) -> Mapping[str, object]:
    """The signed statement as data; empty when somebody made it unreadable."""
    try:
        told = json.loads(one.statement)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
