"""Browser assets, collected into the home and compressed once, so that a server sends them small."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

LEFT_OUT = [
    "*.map", "*.rtl.*", "tabler.css", "tabler-*", "htmx.js", "*.amd.js", "*.cjs.js", "*.esm.*", "ext", "*.d.ts",
]  # fmt: skip
"""What the packages bring and no page uses."""
MARK = "collected"


def collect() -> Path:
    """Put every asset that pages use into `HUIYIN_HOME/static`, each beside its compressed form."""
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=LEFT_OUT)
    root = Path(settings.STATIC_ROOT)
    (root / MARK).touch()
    return root
