"""Every entry gets a MAC under a key of the home; entries written before are taken as they stand."""

import secrets

from django.db import migrations, models

from huiyin.audit.services import mac_of
from huiyin.kernel.canonical import instant_text


def fill(apps, schema_editor):
    entries = apps.get_model("audit", "Entry").objects
    while page := list(entries.filter(mac=None)[:1000]):
        for row in page:
            at = instant_text(row.at)
            row.mac = mac_of(secrets.token_hex(16), at, row.actor, row.action, row.subject, row.reason, row.detail)
        entries.bulk_update(page, ["mac"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField("entry", "mac", models.CharField(max_length=96, unique=True, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("entry", "mac", models.CharField(max_length=96, unique=True)),
    ]
