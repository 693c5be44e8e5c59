"""Seals what parties were told, in batches; run again after a break it goes on where it stopped."""

from typing import Any
from uuid import UUID

from django.db import migrations, transaction

from huiyin.kernel.canonical import dumps
from huiyin.people.parties import data_key

BATCH = 500


def seal_notices(apps: Any, _editor: object) -> None:
    notices = apps.get_model("notices", "Notice").objects
    parties = apps.get_model("people", "Party").objects
    todo = notices.filter(recipient_key__startswith="party:", party=None)
    while waiting := list(todo.order_by("pk")[:BATCH]):
        asked = {notice.pk: UUID(notice.recipient_key.removeprefix("party:")) for notice in waiting}
        found = parties.in_bulk(list(set(asked.values())))
        for notice in waiting:
            notice.party = found[asked[notice.pk]]
            key = data_key(notice.party)
            if key is not None:
                notice.sealed = key.seal(dumps([notice.subject, notice.body]), f"notice/{notice.pk}")
            notice.subject = notice.body = notice.last_error = ""
        with transaction.atomic():
            notices.bulk_update(waiting, ["party", "sealed", "subject", "body", "last_error"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notices", "0002_notice_sealed"), ("people", "0003_seal_contacts")]

    operations = [migrations.RunPython(seal_notices, migrations.RunPython.noop)]
