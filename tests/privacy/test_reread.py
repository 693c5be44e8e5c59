"""The second reading changes what everybody reads, and nothing else."""

from collections.abc import Iterable

import pytest
from django.db import OperationalError

from huiyin.cases import originals
from huiyin.cases.models import Case, Passage
from huiyin.cases.services import reread as module
from huiyin.cases.services.correct import correct
from huiyin.cases.services.open import Requester
from huiyin.cases.services.reread import reread
from huiyin.cases.services.reveal import reveal
from huiyin.cli.worker import work
from huiyin.people.models import Party
from huiyin.search import index
from tests.factories.cases import look, sound, take_in
from tests.ledger.conftest import faults
from tests.personas import SmallCity

BODY = "昨天晚上王建国在路口打了李小芳。"
SHOWN = "昨天晚上〔姓名〕在路口打了〔姓名〕。"


def body_of(number: str) -> Passage:
    return Passage.objects.get(case__number=number, seq=1, field="body")


def test_a_name_that_no_rule_finds_is_gone_after_the_second_reading(hotline: SmallCity) -> None:
    number = take_in(hotline, title="王建国在路口打人", body=BODY)
    assert body_of(number).text == BODY

    assert reread() == 2, "the text, and the title"

    case = Case.objects.get(number=number)
    assert (body_of(number).text, case.title) == (SHOWN, "〔姓名〕在路口打人")
    assert BODY.encode() not in bytes(body_of(number).sealed or b"")
    assert reveal(actor=hotline.operator, number=number, reason="verify", what="1/body").text == BODY
    sound(number)
    assert faults() == []


def test_what_was_read_is_not_read_again(hotline: SmallCity) -> None:
    number = take_in(hotline, body=BODY)
    reread()
    before = body_of(number)

    assert reread() == 0

    assert body_of(number).sealed == before.sealed
    assert not Passage.objects.filter(reread=False).exists()


def test_what_fails_half_way_is_done_again(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    number = take_in(hotline, body=BODY)

    def boom(*_args: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(index, "refresh", boom)
        reread()

    assert body_of(number).text == BODY
    assert reread() == 1
    assert body_of(number).text == SHOWN


def test_a_round_reads_the_newest_and_so_many(hotline: SmallCity) -> None:
    older, newer = (take_in(hotline, body=BODY) for _ in range(2))

    reread(most=1)

    assert (body_of(newer).text, body_of(older).text) == (SHOWN, BODY)


def test_a_text_without_a_name_stays_the_row_it_was(hotline: SmallCity) -> None:
    number = take_in(hotline, body="路口的路灯坏了三天。")

    assert reread() == 0

    row = body_of(number)
    assert (row.text, row.sealed, row.reread) == ("路口的路灯坏了三天。", None, True)


def test_a_text_that_is_erased_in_this_moment_stays_erased(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    number = take_in(hotline, body=BODY)

    def slowly(row: Passage, party: Party, own: Iterable[str]) -> bool:
        Passage.objects.filter(pk=row.pk).update(text="", nonce="", sealed=None)
        return originals.redact_anew(row, party, own)

    monkeypatch.setattr(module, "redact_anew", slowly)

    assert reread() == 0

    assert (body_of(number).text, body_of(number).sealed) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_what_came_in(hotline: SmallCity) -> None:
    number = take_in(hotline, body=BODY)

    work()

    assert body_of(number).text == SHOWN


def test_what_an_earlier_contact_hid_stays_hidden(hotline: SmallCity) -> None:
    number = take_in(hotline, body="北门那家修鞋铺欠我钱，铺子叫老槐树。", requester=Requester("老槐树", "13912345678"))
    assert "老槐树" not in body_of(number).text

    correct(actor=hotline.operator, cases=[look(number).case.pk], said={"name": "何立秋"}, request="")
    reread()

    assert "老槐树" not in body_of(number).text
