"""Putting every data key under the current master key. No text is touched, nobody has to wait, and a run that was
killed is simply started again: what is done already is passed over.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import BinaryField, Case, Value, When

from huiyin.vault.box import rewrapped, wrapped_by
from huiyin.vault.keyring import keyring

BATCH = 200


def rewrap(model: Any, owner: Callable[[Any], str], progress: Callable[[int], None] = lambda _: None) -> int:
    """Wrap the keys of all rows of a table anew; how many changed. A row whose key is exchanged or destroyed meanwhile
    is left alone, so that what was erased stays erased.
    """
    current, changed, after = keyring().current()[0], 0, None
    rows = model.objects.exclude(key=None).order_by("pk")
    while batch := list((rows.filter(pk__gt=after) if after else rows).only("pk", "key")[:BATCH]):
        after = batch[-1].pk
        fresh = {bytes(r.key): rewrapped(r.key, owner(r)) for r in batch if wrapped_by(r.key) != current}
        if fresh:
            cases = [When(key=old, then=Value(new)) for old, new in fresh.items()]
            changed += model.objects.filter(pk__in=[r.pk for r in batch], key__in=list(fresh)).update(
                key=Case(*cases, output_field=BinaryField())
            )
            progress(changed)
    return changed


def counted(model: Any) -> dict[int, int]:
    """Number of a master key → how many data keys of the table it wraps."""
    found: dict[int, int] = {}
    for key in model.objects.exclude(key=None).values_list("key", flat=True).iterator(chunk_size=5000):
        found[wrapped_by(key)] = found.get(wrapped_by(key), 0) + 1
    return found
