"""Seals the bytes and names of files, one after the other; run again after a break it goes on where it stopped."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations

from huiyin.files.services import seal
from huiyin.kernel.ids import new_id


def clear_path(digest: str) -> Path:
    """Where bytes lay in clear."""
    return Path(settings.HOME) / "files" / digest[:2] / digest[2:4] / digest


def seal_files(apps: Any, _editor: object) -> None:
    """A file whose bytes are gone from the disk keeps its row, without a key."""
    files = apps.get_model("files", "File").objects
    for row in files.filter(stored=None).order_by("pk").iterator(chunk_size=100):
        row.stored = new_id()
        clear = clear_path(row.sha256)
        if clear.exists():
            seal(row, clear.read_bytes(), row.name)
        row.save(update_fields=["stored", "key", "sealed_name"])
    for digest in files.exclude(sha256="").values_list("sha256", flat=True).distinct().iterator(chunk_size=1000):
        clear_path(digest).unlink(missing_ok=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("files", "0003_file_sealed")]

    operations = [migrations.RunPython(seal_files, migrations.RunPython.noop)]
