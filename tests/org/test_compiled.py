"""New rows made without Django's own constructor are the rows that it makes."""

from typing import Any

import pytest
from django.db.models import Model

from huiyin.cases.models import Attachment, Case, Event, Order, Passage
from huiyin.notices.models import Notice
from huiyin.org.compiled import new_row
from huiyin.people.models import Party


@pytest.mark.parametrize("model", [Case, Event, Order, Passage, Attachment, Notice, Party])
def test_a_new_row_begins_as_the_model_has_it(model: type[Model]) -> None:
    ours, theirs, other = told(new_row(model)), told(model()), told(new_row(model))
    anew = {one.attname for one in model._meta.concrete_fields if callable(one.default) and one.has_default()}

    assert ours.keys() == theirs.keys()
    assert {name for name in ours if ours[name] != theirs[name]} <= anew
    assert {name: type(ours[name]) for name in anew} == {name: type(theirs[name]) for name in anew}
    assert [name for name in anew if isinstance(ours[name], (list, dict)) and ours[name] is other[name]] == []


def told(row: Model) -> dict[str, Any]:
    assert row._state.adding
    assert row._state.db is None
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_what_it_points_to_may_be_given_as_row_or_as_key() -> None:
    case = new_row(Case, number="1", lead_unit_id="transport")
    order = new_row(Order, case=case, unit_id="transport")

    assert order.case is case
    assert (order.case_id, order.unit_id, case.lead_unit_id) == (case.pk, "transport", "transport")
    assert new_row(Notice, party=None).party is None


def test_a_name_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(TypeError, match="Case has no colour"):
        new_row(Case, colour="red")
