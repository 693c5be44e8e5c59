"""Reference data kept in process: read once, asked about every few seconds, fresh at once after own writes.

`touch(name)` belongs into the transaction that changes the data. Inside that transaction the writer
reads its own state; everyone else goes on with the committed one, and a rollback leaves no trace.
"""

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from huiyin.org.models import Revision

CHECK_SECONDS = 3.0
_caches: dict[str, list["Cached[Any]"]] = {}


class _Draft[T](threading.local):
    """What this thread's open transaction has changed, and the value read in it."""

    callback: Callable[[], None] | None = None
    value: T | None = None


class Cached[T]:
    """A value made by `load`, kept until the revision called `name` changes.

    Age is measured on the machine's monotonic clock: a rehearsal may move the city's clock backwards.
    """

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.load = load
        self.name = name
        self._draft = _Draft[T]()
        self._kept: tuple[str, T] | None = None
        self._checked_at = 0.0
        _caches.setdefault(name, []).append(self)

    def get(self) -> T:
        """The value; one statement every `CHECK_SECONDS`, more only after a change."""
        if self._in_draft():
            if self._draft.value is None:
                self._draft.value = self.load()
            return self._draft.value
        if self._kept is None or time.monotonic() - self._checked_at > CHECK_SECONDS:
            # The mark is read before the data, so that a change in between is noticed next time.
            mark = Revision.objects.filter(name=self.name).values_list("mark", flat=True).first() or ""
            if self._kept is None or self._kept[0] != mark:
                self._kept = mark, self.load()
            self._checked_at = time.monotonic()
        return self._kept[1]

    def forget(self) -> None:
        """Read again at the next use."""
        self._kept = None

    def begin_draft(self, callback: Callable[[], None]) -> None:
        """The running transaction has changed the data."""
        self._draft.callback, self._draft.value = callback, None

    def _in_draft(self) -> bool:
        """Whether the transaction that touched the data is still open: a rollback drops its callbacks."""
        mine = self._draft.callback
        if mine is None:
            return False
        if any(entry[1] is mine for entry in connection.run_on_commit):
            return True
        self._draft.callback = self._draft.value = None
        return False


def touch(name: str) -> None:
    """Say that the data called `name` changes in the running transaction."""
    with transaction.atomic():
        Revision.objects.bulk_create(
            [Revision(name=name, mark=uuid4().hex)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["mark"],
        )

        def published() -> None:
            for cache in _caches.get(name, []):
                cache.forget()

        transaction.on_commit(published)
        for cache in _caches.get(name, []):
            cache.begin_draft(published)


def forget_all() -> None:
    """Drop everything that is kept in process, as after a restart."""
    for caches in _caches.values():
        for cache in caches:
            cache.forget()
