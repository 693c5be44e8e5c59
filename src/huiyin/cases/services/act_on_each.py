"""One action on several cases: each is judged by itself, as if it stood alone, and what became of each is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.engine import Option
from huiyin.cases.models import Case
from huiyin.cases.procedures.spec import InputType
from huiyin.cases.services.act import act, options
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError
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

    @property
    def done(self) -> bool:
        return not self.refused


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
    *, actor: Actor, seen: Mapping[str, int], action: str, given: Mapping[str, Any], key: str
) -> list[Outcome]:  # fmt: skip
    """Take the action on each of the cases, each in a transaction of its own and through `act`: a case that refuses
    stops no other. `seen` holds the version that the actor saw of each; sent twice under one `key` it acts once.
    """
    titles = {dossier.case.number: dossier.case.shown_title for dossier in chosen(actor, list(seen))}
    found = []
    for number, version in seen.items():
        refused: tuple[str, ...] = ()
        try:
            act(actor=actor, number=number, action=action, given=given, expected_version=version, key=f"{key}/{number}")
        except HuiyinError as error:
            if error.status >= 500:
                raise
            refused = tuple(error.sentences())
        found.append(Outcome(number, titles.get(number, ""), refused))
    return found
