"""The kept value: who sees which state of an open, committed or rolled back transaction."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from huiyin.org import versions
from huiyin.org.enums import UnitKind
from huiyin.org.models import Revision, Unit, UnitName
from huiyin.org.reference import org
from huiyin.org.services import register_unit


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    versions.forget_all()
    yield
    versions.forget_all()


def _register(code: str) -> None:
    register_unit(code=code, name=f"单位{code}", kind=UnitKind.OTHER)


def _known_to_another_thread(code: str) -> bool:
    found: list[bool] = []

    def look() -> None:
        found.append(org().unit(code) is not None)
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.django_db
def test_a_writer_sees_its_own_change_at_once() -> None:
    assert org().unit("new") is None

    _register("new")

    assert org().unit("new") is not None


@pytest.mark.django_db
def test_a_rolled_back_change_leaves_no_trace() -> None:
    assert org().unit("new") is None

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _register("new")
        assert org().unit("new") is not None
        raise ZeroDivisionError

    assert org().unit("new") is None
    assert not Revision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_committed_change_shows_to_other_threads_at_once() -> None:
    assert org().unit("new") is None

    _register("new")

    assert _known_to_another_thread("new")
    assert org().unit("new") is not None


@pytest.mark.django_db(transaction=True)
def test_an_open_change_stays_with_its_writer() -> None:
    org()

    with transaction.atomic():
        _register("new")
        assert org().unit("new") is not None
        kept = versions._caches["org"][0]._kept

    assert kept is not None
    assert kept[1].unit("new") is None


@pytest.mark.django_db
def test_another_process_is_noticed_after_the_check_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    assert org().unit("new") is None
    Unit.objects.create(code="new", kind=UnitKind.OTHER, level="county", path="/new/")
    UnitName.objects.create(unit_id="new", name="新单位", kind=UnitKind.OTHER)
    Revision.objects.create(name="org", mark="from elsewhere")

    assert org().unit("new") is None
    monkeypatch.setattr(versions, "CHECK_SECONDS", -1.0)
    assert org().unit("new") is not None
