"""Seals what parties gave, in batches; run again after a break it goes on where it stopped."""

from typing import Any

from django.db import migrations, transaction

from huiyin.people.parties import Contact, owner, set_contact
from huiyin.vault.box import new_key

BATCH = 500


def seal_contacts(apps: Any, _editor: object) -> None:
    parties = apps.get_model("people", "Party").objects
    while waiting := list(parties.filter(key=None).order_by("pk")[:BATCH]):
        for party in waiting:
            contact = Contact(party.name, party.phone, party.email, party.address)
            party.kind = party.kind if contact else "anonymous"
            party.key = new_key().wrapped(owner(party))
            set_contact(party, contact)
        with transaction.atomic():
            parties.bulk_update(waiting, ["kind", "key", "contact", "phone_index"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("people", "0002_party_sealed")]

    operations = [migrations.RunPython(seal_contacts, migrations.RunPython.noop)]
