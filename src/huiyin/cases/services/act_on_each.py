"""One action on several cases: each is judged by itself, as if it stood alone, and what became of each is told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.inputs import speaks
from huiyin.cases.models import Case
from huiyin.cases.procedures.spec import InputType
from huiyin.cases.services.act import act, options
from huiyin.cases.services.outgoing import hold, send, take_back
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, Refused
from huiyin.kernel.ids import normal_case_number

MOST = 50
"""Cases at once: a page of a list."""
ONE_BY_ONE = {InputType.CASE, InputType.FILES}
"""Inputs that belong to one case: a file can be attached once, and another case is another for each."""


@dataclass(frozen=True)
class Outcome:
    """What became of one case: carried out, or why not."""

    number: str
    title: str
    refused: tuple[str, ...] = ()
    waits: bool = False
    """It leaves in some seconds, and can be taken back until then."""

    @property
    def done(self) -> bool:
        return not (self.refused or self.waits)


def chosen(actor: Actor, numbers: Sequence[str]) -> list[Dossier]:
    """The dossiers of these numbers that the actor may know of, in their order; three statements. BadInput for none and
    for too many, NotFound when the actor may know of none of them.
    """
    wanted = list(dict.fromkeys(known for text in numbers if (known := normal_case_number(text))))
    if not 0 < len(wanted) <= MOST:
        raise BadInput(FieldError("number", _("请选择1至%(most)s件事项。") % {"most": MOST}))
    rows = Case.objects.filter(policies.visible(actor), number__in=wanted).select_related("requester")
    found = {dossier.case.number: dossier for dossier in queries.load(list(rows))}
    if not found:
        raise queries.no_such_case(wanted[0])
    return [found[number] for number in wanted if number in found]


def offers(actor: Actor, dossiers: Sequence[Dossier]) -> dict[str, list[Option | None]]:
    """Action → how it stands with each of the cases (None: not offered there), of the actions that are possible for
    some of them and ask for nothing that belongs to one case; those possible for the most first.
    """
    judged = options(actor, dossiers)
    found: dict[str, list[Option | None]] = {}
    for n, offered in enumerate(judged):
        for option in offered:
            if not any(a.required and a.type in ONE_BY_ONE for a in option.action.inputs.values()):
                found.setdefault(option.name, [None] * len(dossiers))[n] = option
    usable = {name: row for name, row in found.items() if _possible(row)}
    return dict(sorted(usable.items(), key=lambda item: (-_possible(item[1]), _rank(item[1]))))


def _possible(row: Sequence[Option | None]) -> int:
    return sum(1 for option in row if option and option.possible)


def _rank(row: Sequence[Option | None]) -> int:
    return min(option.action.rank for option in row if option)


def act_on_each(
    *, actor: Actor, seen: Mapping[str, int], action: str, given: Mapping[str, Any], key: str,
    typed: Mapping[str, Any] | None = None,
) -> list[Outcome]:  # fmt: skip
    """Take the action on each of the cases, each in a transaction of its own and through `act`: a case that refuses
    stops no other. `seen` holds the version that the actor saw of each; sent twice under one `key` it acts once.

    What says something to requesters waits for its seconds first, on each case as if it stood alone; `typed` is what
    stands in the form when it is taken back.
    """
    dossiers = {dossier.case.number: dossier for dossier in chosen(actor, list(seen))}

    def once(number: str) -> bool:
        version, own = seen[number], f"{key}/{number}"
        known = dossiers[number].procedure.actions.get(action) if number in dossiers else None
        if known and speaks(known) and settings.UNDO_SECONDS:
            held = hold(
                actor=actor, number=number, action=action, given=given, typed=typed or {}, version=version, key=own
            )
            return bool(held.events)
        act(actor=actor, number=number, action=action, given=given, expected_version=version, key=own)
        return False

    return _each(dossiers, seen, once)


def take_back_each(*, actor: Actor, numbers: Sequence[str], action: str) -> list[Outcome]:
    """Stop what waits to leave on these cases: each is a draft again. Refused where it has left."""
    dossiers = {dossier.case.number: dossier for dossier in chosen(actor, numbers)}

    def once(number: str) -> bool:
        take_back(actor=actor, dossier=dossiers[number], action=action)
        return False

    return _each(dossiers, dossiers, once)


def send_each(*, actor: Actor, numbers: Sequence[str], action: str) -> list[Outcome]:
    """Carry out now what waits on these cases. Refused where nothing waits, or where it became a draft again."""
    dossiers = {dossier.case.number: dossier for dossier in chosen(actor, numbers)}

    def once(number: str) -> bool:
        if send(actor=actor, dossier=dossiers[number], action=action) is None:
            raise Refused("draft_again", _("没有发出，已存为草稿。"), do=_("请打开事项看原因。"))
        return False

    return _each(dossiers, dossiers, once)


def _each(dossiers: Mapping[str, Dossier], numbers: Iterable[str], does: Callable[[str], bool]) -> list[Outcome]:
    """What becomes of each; `does` says whether it waits."""
    found = []
    for number in numbers:
        refused: tuple[str, ...] = ()
        waits = False
        try:
            waits = does(number)
        except HuiyinError as error:
            if error.status >= 500:
                raise
            refused = tuple(error.sentences())
        title = dossiers[number].case.shown_title if number in dossiers else ""
        found.append(Outcome(number, title, refused, waits))
    return found
