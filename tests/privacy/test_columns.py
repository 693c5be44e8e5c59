"""Every column in which words may stand is stated here with what keeps it from telling of somebody for ever: a new one
fails until somebody has thought of it.
"""

import pytest
from django.apps import apps
from django.db import models
from django.db.models import BinaryField, CharField, JSONField, TextField

from huiyin.cases.registry import forgets
from huiyin.cli.keys import _owned

LONG = 100
"""Shorter texts are names, codes and keys of ours."""
STATED = {
    "destroyed when the matter is erased": """
        cases.Case.title cases.Case.address cases.Case.heading cases.Passage.text cases.Passage.sealed
        cases.Reading.stored engagements.Booking.words engagements.Booking.sealed engagements.Booking.reason
        engagements.Visit.words engagements.Visit.sealed engagements.Visit.place files.File.key files.File.sealed_name
        hotline.Check.remark hotline.Check.appeal hotline.Check.ruling notices.Notice.subject notices.Notice.body
        notices.Notice.sealed notices.Notice.last_error people.Party.key people.Party.contact receptions.Carry.reason
        search.Indexed.title search.Indexed.body calls.Call.key calls.Call.number calls.Call.others
        calls.Call.recording calls.CallDraft.sealed calls.CallEvent.recording cases.HotIssueAct.facts
    """,
    "under a key that is destroyed with it": """
        cases.Draft.sealed open311.Report.point calls.CallFlag.note calls.CallFlag.remark calls.Whisper.text
    """,
    "sealed until it is settled, then gone": "exchange.Message.said",
    "redacted when it is written, about many or kept for its own time": """
        audit.Entry.reason audit.Entry.detail cases.HotIssueAct.note engagements.Activity.place
        engagements.Activity.words
    """,
    "codes, numbers, commitments": """
        access.Token.scopes audit.Entry.subject cases.Case.clocks cases.Case.tally cases.Event.payload
        cases.Event.helpers cases.TextWeights.stored hotline.Check.points ledger.Run.hashes ledger.Seal.statement
        ledger.Seal.signature ledger.SealedEntry.hash webhooks.Delivery.body webhooks.Subscription.kinds
        webhooks.Subscription.cursor exchange.Partner.cursor files.File.media_type papers.Series.name
    """,
    "our own sentences, or those of another program": """
        cases.Draft.refused exchange.Message.poison exchange.PassedOrder.refused exchange.Partner.last_error
        webhooks.Delivery.last_error webhooks.Subscription.last_error
    """,
    "what the city publishes, says of itself, or sets": """
        cases.CatalogueEntry.source cases.Category.path cases.Publication.covers cases.Publication.text
        disputes.SweepReport.reported_by engagements.Occasion.place engagements.Occasion.reason
        knowledge.Revision.question knowledge.Revision.words knowledge.Revision.answer knowledge.Revision.body
        knowledge.Revision.basis knowledge.Revision.writers knowledge.Revision.remark knowledge.Vote.remark
        org.Area.source org.Area.boundary org.Unit.path org.Unit.source org.UnitName.name org.UnitName.english_name
        receptions.Receiver.duty villages.Post.office villages.Post.duty_days villages.Post.made_by
        villages.Presence.recorded_by workdays.OfficialDay.source workdays.OwnDay.source exchange.Partner.url
        webhooks.Subscription.url
    """,
    "of staff and of programs": """
        cases.SavedView.filters people.User.password people.User.email signin.Session.session_data
        signin.SecondFactor.key signin.SecondFactor.secret webhooks.Subscription.key webhooks.Subscription.secret
        webhooks.Subscription.former exchange.Partner.key exchange.Partner.secret
    """,
}


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("huiyin.")]


def holds_words(column: object) -> bool:
    if isinstance(column, CharField):
        return not column.choices and (column.max_length or 0) >= LONG
    return isinstance(column, (TextField, JSONField, BinaryField))


def test_every_column_that_may_hold_words_is_stated() -> None:
    stated = [name for names in STATED.values() for name in names.split()]
    there = {
        f"{model._meta.label}.{column.name}"
        for model in ours()
        for column in model._meta.concrete_fields
        if holds_words(column)
    }

    assert sorted(stated) == sorted(there)


def test_every_table_with_a_data_key_is_rewrapped_when_the_master_key_changes() -> None:
    with_key = {
        model._meta.label
        for model in ours()
        if any(isinstance(column, BinaryField) and column.name == "key" for column in model._meta.concrete_fields)
    }

    assert {model._meta.label for model, _owner, _many in _owned()} == with_key


@pytest.mark.parametrize("ring", ["calls", "engagements", "hotline", "receptions"])
def test_rings_beside_the_cases_hear_of_erasures(ring: str) -> None:
    assert ring in forgets
