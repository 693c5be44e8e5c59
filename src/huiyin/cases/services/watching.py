"""Who else has a case open: so that two people don't write the same answer. It is no record; after a minute without a
sign somebody is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Watch
from huiyin.kernel import clock
from huiyin.people.services import display_names

FRESH = timedelta(seconds=70)
OLD = timedelta(hours=1)


@dataclass(frozen=True)
class Watcher:
    """Somebody else, and the action they are writing; "": they read."""

    name: str
    action: str


def watch(*, actor: Actor, dossier: Dossier, action: str = "") -> Sequence[Watcher]:
    """Say that the actor has the case open, writing `action` if any; who else has. Three statements."""
    doing = action if action in dossier.procedure.actions else ""
    row = Watch(case=dossier.case, actor=actor.key, action=doing, seen_at=clock.now())
    Watch.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["case", "actor"], update_fields=["action", "seen_at"]
    )
    others = Watch.objects.filter(case=dossier.case, seen_at__gt=clock.now() - FRESH).exclude(actor=actor.key)
    found = list(others.order_by("actor").values_list("actor", "action")[:20])
    names = display_names(key for key, _action in found)
    return [Watcher(names.get(key, key), action) for key, action in found]


def forget_old() -> int:
    """Drop what means nothing any more; the number of rows. For the worker."""
    return Watch.objects.filter(seen_at__lt=clock.now() - OLD).delete()[0]
