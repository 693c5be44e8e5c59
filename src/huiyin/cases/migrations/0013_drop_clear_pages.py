"""Writes the tables anew that held personal data in clear: a dropped column's bytes stay in the file until then."""

from typing import Any

from django.db import connection, migrations


def rewrite(apps: Any, _editor: object) -> None:
    """Nothing to do in a new database."""
    if not apps.get_model("people", "Party").objects.exists():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "VACUUM FULL people_party, cases_case, cases_passage, cases_event, notices_notice, files_file"
            )
        else:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("cases", "0012_every_case_has_a_party"),
        ("people", "0004_no_clear_contact"),
        ("notices", "0004_no_clear_address"),
        ("files", "0005_no_clear_name"),
    ]

    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
