"""Gives every case a party, redacts what was written in clear, and seals the originals, in batches of cases; run again
after a break it goes on where it stopped. Events are left as they are: their commitments are over the originals.
"""

from typing import Any

from django.db import migrations, transaction

from huiyin.cases.originals import ADDRESS_MOST, TITLE_MOST, sealed_text
from huiyin.kernel.canonical import dumps
from huiyin.kernel.ids import new_id
from huiyin.people.parties import contact_of, data_key, owner
from huiyin.redaction.text import coarse_address, redacted
from huiyin.vault.box import new_key
from huiyin.vault.index import keyed_digest

BATCH = 200


def seal_originals(apps: Any, _editor: object) -> None:
    cases = apps.get_model("cases", "Case").objects
    while waiting := list(cases.filter(heading=None).select_related("requester").order_by("pk")[:BATCH]):
        with transaction.atomic():
            _give_parties(apps, waiting)
            _seal_passages(apps, waiting)
            _key_digests(apps, waiting)
            for case in waiting:
                _seal_heading(case)
            cases.bulk_update(waiting, ["requester", "heading", "title", "address", "origin_digest"])


def _give_parties(apps: Any, cases: list[Any]) -> None:
    party_model = apps.get_model("people", "Party")
    made = []
    for case in cases:
        if case.requester is None:
            party = party_model(id=new_id(), kind="anonymous", created_at=case.received_at)
            party.key = new_key().wrapped(owner(party))
            case.requester = party
            made.append(party)
    party_model.objects.bulk_create(made)


def _seal_heading(case: Any) -> None:
    own, key = contact_of(case.requester).own, data_key(case.requester)
    said = {"title": case.title, "address": case.address, "nonce": ""}
    assert key is not None
    case.heading = key.seal(dumps(said), f"case/{case.pk}/heading")
    case.title = redacted(case.title, own)[:TITLE_MOST]
    case.address = coarse_address(case.address, own)[:ADDRESS_MOST]
    if case.origin_digest and not case.origin_digest.startswith("h"):
        case.origin_digest = keyed_digest(case.origin_digest)


def _seal_passages(apps: Any, cases: list[Any]) -> None:
    passages = apps.get_model("cases", "Passage").objects
    parties = {case.pk: case.requester for case in cases}
    changed = []
    for row in passages.filter(case__in=list(parties), sealed=None):
        party = parties[row.case_id]
        clean, key = redacted(row.text, contact_of(party).own), data_key(party)
        if clean != row.text and key is not None:
            row.sealed = key.seal(sealed_text(row.nonce, clean, row.text), f"case/{row.case_id}/{row.seq}/{row.field}")
            row.text, row.nonce = clean, ""
            changed.append(row)
    passages.bulk_update(changed, ["text", "nonce", "sealed"], batch_size=BATCH)


def _key_digests(apps: Any, cases: list[Any]) -> None:
    events = apps.get_model("cases", "Event").objects
    asked = events.filter(case__in=[case.pk for case in cases]).exclude(request_digest="")
    for key, said in asked.exclude(request_digest__startswith="h").values_list("request_key", "request_digest"):
        events.filter(request_key=key).update(request_digest=keyed_digest(said))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0010_originals")]

    operations = [migrations.RunPython(seal_originals, migrations.RunPython.noop)]
