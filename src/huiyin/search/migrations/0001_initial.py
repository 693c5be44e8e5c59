"""The index and what the databases find terms by.

On SQLite an FTS5 table without texts of its own, kept by triggers. On PostgreSQL a GIN index whose entries are written
at once, so that a search needn't read through what is pending; long columns lie beside the table, so that its rows are
short to walk.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import huiyin.search.models

MAKE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_terms USING fts5(terms, content='search_indexed', content_rowid='rank',"
        " detail=none, tokenize=\"ascii tokenchars '-'\")",
        "CREATE TRIGGER search_added AFTER INSERT ON search_indexed BEGIN"
        " INSERT INTO search_terms (rowid, terms) VALUES (new.rank, new.terms); END",
        "CREATE TRIGGER search_dropped AFTER DELETE ON search_indexed BEGIN"
        " INSERT INTO search_terms (search_terms, rowid, terms) VALUES ('delete', old.rank, old.terms); END",
        "CREATE TRIGGER search_changed AFTER UPDATE ON search_indexed BEGIN"
        " INSERT INTO search_terms (search_terms, rowid, terms) VALUES ('delete', old.rank, old.terms);"
        " INSERT INTO search_terms (rowid, terms) VALUES (new.rank, new.terms); END",
    ),
    "postgresql": (
        "ALTER TABLE search_indexed SET (toast_tuple_target = 128)",
        "CREATE INDEX search_terms ON search_indexed USING gin (terms) WITH (fastupdate = off)",
    ),
}
DROP = {"sqlite": ("DROP TABLE search_terms",), "postgresql": ()}


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []
    operations = [
        migrations.CreateModel(
            name="Indexed",
            fields=[
                ("rank", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=80)),
                ("title", models.TextField()),
                ("body", models.TextField()),
                ("terms", huiyin.search.models.TermsField()),
                ("digest", models.CharField(max_length=32)),
            ],
            options={"constraints": [models.UniqueConstraint(models.F("kind"), models.F("key"), name="indexed_once")]},
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("source", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("state", models.CharField(default="", max_length=80)),
                ("after", models.CharField(default="", max_length=80)),
                ("whole", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(make, drop),
    ]
