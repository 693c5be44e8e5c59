"""What is sealed of a call: its number, the drafts, notes and whispers, all under the call's own key; and what is
masked at once: numbers of third parties.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from huiyin.calls.enums import Outcome
from huiyin.calls.models import Call, CallDraft, CallEvent, CallFlag
from huiyin.calls.standard import standard
from huiyin.cases.models import Case
from huiyin.cases.registry import copied, forgets
from huiyin.kernel import clock
from huiyin.people.masking import mask_phone
from huiyin.vault.box import DataKey, Stored, new_key, unwrapped
from huiyin.vault.index import phone_index

_OPENED = "_data_key"
_NUMBER = re.compile(r"\+?\d(?:[\s().*-]{0,3}\d){6,}")
"""What looks like a telephone number: seven digits or more, however they are set apart."""


def owner(call: Call) -> str:
    """The call as its key and its values name it."""
    return f"call/{call.pk}"


def give_key(call: Call) -> None:
    """A fresh key for a call in memory."""
    key = new_key()
    call.key = key.wrapped(owner(call))
    setattr(call, _OPENED, key)


def data_key(call: Call) -> DataKey | None:
    """The call's key; None once its time was over."""
    if call.key is None:
        return None
    key: DataKey | None = getattr(call, _OPENED, None)
    if key is None:
        key = unwrapped(call.key, owner(call))
        setattr(call, _OPENED, key)
    return key


def without_numbers(text: str) -> str:
    """A third party as it is kept: telephone numbers in its name masked, so that none stands in clear."""
    return _NUMBER.sub(lambda found: mask_phone(found.group()), text)


def set_number(call: Call, number: str) -> None:
    """Seal a number into a call in memory; nothing for an empty one."""
    key = data_key(call)
    if number and key is not None:
        call.number, call.phone_index = key.seal(number, f"{owner(call)}/number"), phone_index(number)


def number_of(call: Call) -> str:
    """The number in clear; "" for a withheld one and after its time."""
    key = data_key(call)
    return "" if key is None or call.number is None else key.text(call.number, f"{owner(call)}/number")


def masked_number(call: Call) -> str:
    """The number as every list shows it."""
    return mask_phone(number_of(call))


def sealed(call: Call, text: str, place: str) -> bytes | None:
    """A text of the call, sealed for a place; None after its time."""
    key = data_key(call)
    return None if key is None else key.seal(text, f"{owner(call)}/{place}")


def opened(call: Call, value: Stored | None, place: str) -> str:
    """The text again; "" after its time."""
    key = data_key(call)
    return "" if key is None or value is None else key.text(value, f"{owner(call)}/{place}")


def forget_old() -> int:
    """Destroy the keys of calls whose numbers need not be kept any longer, and forget who else was on them and where
    the recordings lie; how many calls.
    """
    until = clock.now() - timedelta(days=standard().numbers_kept_days)
    with transaction.atomic():
        return _forget(Call.objects.filter(rang_at__lt=until, key__isnull=False))


@forgets("calls")
def forget_with(cases: Iterable[UUID]) -> None:
    """A matter was erased: so is what is kept of the calls that it came of or that were about it, and of calls of the
    same number that came to nothing. Who waits to be rung back is left until then.
    """
    keys = list(cases)
    numbers = set(Case.objects.filter(pk__in=keys).values_list("requester__phone_index", flat=True)) - {""}
    about = set(Call.objects.filter(matters__case__in=keys).values_list("pk", flat=True))
    loose = Call.objects.filter(phone_index__in=numbers, matters=None, outcome_at__isnull=False)
    _forget(Call.objects.filter(pk__in=about | set(loose.values_list("pk", flat=True)), key__isnull=False))


def _forget(old: QuerySet[Call]) -> int:
    CallFlag.objects.filter(call__in=old.values("pk")).update(phone_index="")
    CallEvent.objects.filter(call__in=old.values("pk")).update(other="", recording="")
    CallDraft.objects.filter(call__in=old.values("pk")).delete()
    return old.update(key=None, number=None, phone_index="", others=[], recording="")


@copied("calls")
def copy_of(case: Case) -> Iterator[tuple[datetime, Any, str]]:
    """The requester's calls: those that the matter came of, and those about it from their telephone."""
    theirs = ~Q(matters__how=Outcome.FOLLOWED)
    if case.requester.phone_index:
        theirs |= Q(phone_index=case.requester.phone_index)
    for call in Call.objects.filter(theirs, matters__case=case).order_by("rang_at", "id"):
        yield call.rang_at, _("来电"), number_of(call)
