"""The ground every test stands on: a home of its own, a clock that a test may set, nothing left from the last test."""

import gc
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

if "HUIYIN_TEST_HOME" not in os.environ:
    os.environ["HUIYIN_TEST_HOME"] = tempfile.mkdtemp(prefix="huiyin-test-")
os.environ["HUIYIN_HOME"] = str(Path(os.environ["HUIYIN_TEST_HOME"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone"))
os.environ["HUIYIN_FORM_SECONDS"] = "0"
os.environ["HUIYIN_UNDO_SECONDS"] = "0"
os.environ["HUIYIN_SECOND_FACTOR"] = "nobody"
os.environ["HUIYIN_RATE_FORMS"] = "off"
os.environ["HUIYIN_LANGUAGE"] = "zh-hans"
os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser driver runs a loop in the test's own thread

import django
import pytest
from django.conf import settings
from django.core.management.commands import flush

from huiyin.kernel import clock

Path(os.environ["HUIYIN_HOME"]).mkdir(exist_ok=True)
django.setup()
# What a flush would tell every app after a test, nothing here reads.
vars(flush)["emit_post_migrate_signal"] = lambda *_args, **_more: None
_options: Any = settings.DATABASES["default"]["OPTIONS"]
if "init_command" in _options:  # nothing in this database is meant to outlast a power cut
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
pytest_plugins = ["tests.personas"]


def pytest_collection_finish() -> None:
    """Nothing of the program itself is garbage: looking through it again and again takes a twentieth of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


type SetClock = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def _clean_process() -> Iterator[None]:
    """No test sees another's clock, language, cached reference data, or what its seals left in the home."""
    from django.utils import translation

    from huiyin.access import limits
    from huiyin.cases import catalogue, rulebook
    from huiyin.ledger import anchors
    from huiyin.org import versions
    from huiyin.reports import figures
    from huiyin.workdays import services as workdays

    workdays.CHECK_SECONDS = versions.CHECK_SECONDS = 600.0  # or a check would fall into whatever counts statements

    def forget() -> None:
        clock.install()
        for kept in (limits, figures, rulebook, catalogue, workdays):
            kept.forget()
        versions.forget_all()

    forget()
    with translation.override("zh-hans"):
        yield
    forget()
    anchors.own_file().unlink(missing_ok=True)


@pytest.fixture
def at() -> SetClock:
    """`at("2021-09-28 09:30")` stops the clock at that time in the city; returns the instant."""

    def set_clock(text: str) -> datetime:
        instant = datetime.fromisoformat(text).replace(tzinfo=clock.zone())
        clock.install(lambda: instant)
        return instant

    return set_clock


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of evaluation data, which isn't part of the repository."""
    named = os.environ.get("HUIYIN_DATA", "")
    if not Path(named or "/nowhere").is_dir():
        if os.environ.get("CI"):
            pytest.fail("HUIYIN_DATA names no folder")
        pytest.skip("HUIYIN_DATA isn't set: the evaluation data are kept outside the repository")
    return Path(named)


WHOLE_HOMES = ("tests/backup/", "tests/drills/", "tests/parity/")
"""Tests whose processes have a database of the run's kind without asking for one here."""

LOOKS, ALSO_LOOKED_AT = "tests/e2e/", "tests/e2e/test_journey.py"
"""Tests of how pages are drawn and walked through, but for the one walk from a citizen's words to the answer. That both
databases give the same words, and each step of a walk, is tested where pages are asked for.
"""


DEAR = (
    "tests/backup/", "tests/parity/", "tests/demo/", "tests/permissions/", "tests/e2e/", "tests/cli/test_demo.py",
    "tests/cli/test_model.py", "tests/open311/test_reference_city.py", "tests/cases/services/test_any_life.py",
    "tests/cases/test_migration.py", "tests/reports/test_figures.py",
)  # fmt: skip
"""Files of few tests that take long: begun last, one would go on alone while the other worker has nothing left."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what is dear. Leave to the run on SQLite what touches no storage, or only homes that are always on
    SQLite; and the looks.

    A test that neither asks for the database nor starts homes on it can't reach it: pytest-django refuses.
    """
    if hasattr(config, "workerinput"):  # of several workers, each takes the next file (`scripts/test`)
        many = Counter(item.path for item in items)
        items.sort(key=lambda item: (not item.nodeid.startswith(DEAR), -many[item.path], str(item.path)))
    if "HUIYIN_DATABASE_URL" not in os.environ:
        return

    def touches_storage(item: pytest.Item) -> bool:
        asked = {"db", "transactional_db", "live_server", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
        if item.nodeid.startswith(LOOKS) and not item.nodeid.startswith(ALSO_LOOKED_AT):
            return False
        return bool(asked) or any(item.iter_markers("django_db")) or item.nodeid.startswith(WHOLE_HOMES)

    left = [item for item in items if not touches_storage(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if touches_storage(item)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The home goes with the session that made it (workers share it)."""
    import shutil

    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(os.environ["HUIYIN_TEST_HOME"], ignore_errors=True)
