"""The queue of messages: sent once, tried again, given up at last."""

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Kept
from pytest_django import Settings

from huiyin.kernel import clock
from huiyin.notices import services
from huiyin.notices.models import Notice
from huiyin.notices.services import Delivered, deliver, words_of
from huiyin.people.parties import Contact, new_party
from tests.conftest import SetClock

pytestmark = pytest.mark.django_db


class Down(BaseEmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise SMTPException(f"421 busy, {len(email_messages)} not taken")


class Nosy(Kept):
    """A mail server during whose work another worker comes round."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        deliver()
        return super().send_messages(messages)


def use(settings: Settings, backend: type[BaseEmailBackend]) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"{backend.__module__}.{backend.__qualname__}"}}


def queued(address: str = "wang@example.org", **changed: Any) -> Notice:
    party = new_party(kind="person", contact=Contact(name="王一", email=address), now=clock.now())
    party.save()
    fields: dict[str, Any] = {
        "kind": "accepted", "recipient_key": f"party:{party.pk}", "party": party, "subject": "已受理 210718-000123-4",
        "body": "事项已受理。", "language": "zh-hans", "case_number": "210718-000123-4",
    }  # fmt: skip
    notice = services.draft(**fields | changed)
    notice.save()
    return notice


def pass_time(at: SetClock, minutes: int) -> None:
    at(f"{clock.local(clock.now() + timedelta(minutes=minutes)):%Y-%m-%d %H:%M:%S}")


@pytest.fixture(autouse=True)
def nine(at: SetClock) -> None:
    at("2021-07-18 09:00:00")


def test_a_notice_with_an_address_goes_by_mail() -> None:
    notice = queued()

    assert deliver() == Delivered(sent=1)

    (message,) = mail.outbox
    assert (message.to, message.subject, message.body) == (["wang@example.org"], *words_of(notice))
    notice.refresh_from_db()
    assert (notice.sent_at, notice.due_at, notice.attempts, notice.last_error) == (clock.now(), None, 1, "")


def test_a_notice_without_an_address_waits_in_the_house() -> None:
    queued(address="")

    assert deliver() == Delivered(sent=1)

    assert mail.outbox == []
    assert Notice.objects.get().sent_at == clock.now()


def test_what_is_sent_is_not_sent_again(at: SetClock) -> None:
    queued()
    deliver()
    pass_time(at, 24 * 60)

    assert deliver() == Delivered()
    assert len(mail.outbox) == 1


def test_a_notice_of_tomorrow_waits(at: SetClock) -> None:
    queued(due_at=clock.now() + timedelta(hours=1))
    assert deliver() == Delivered()

    pass_time(at, 60)

    assert deliver() == Delivered(sent=1)


def test_a_draft_is_cut_to_size_and_never_due_in_the_past() -> None:
    drafted = services.draft(
        kind="accepted", recipient_key="party:1", subject="题" * 300, body="文", language="zh-hans",
        due_at=clock.now() - timedelta(days=1),
    )  # fmt: skip

    assert len(drafted.subject) == 200
    assert (drafted.due_at, drafted.created_at) == (clock.now(), clock.now())
    assert not Notice.objects.exists()


def test_the_oldest_goes_first() -> None:
    now = clock.now()
    for subject, hours in (("二", 2), ("三", 1), ("一", 3)):
        notice = queued(subject=subject)
        Notice.objects.filter(pk=notice.pk).update(due_at=now - timedelta(hours=hours))

    deliver()

    assert [message.subject for message in mail.outbox] == ["一", "二", "三"]


def test_a_failed_notice_is_tried_again_later_and_later(settings: Settings, at: SetClock) -> None:
    use(settings, Down)
    notice = queued()

    for attempt, wait in ((1, 2), (2, 4), (3, 8)):
        assert deliver() == Delivered(failed=1)
        assert deliver() == Delivered()
        notice.refresh_from_db()
        assert (notice.attempts, notice.sent_at, notice.due_at) == (
            attempt,
            None,
            clock.now() + timedelta(minutes=wait),
        )
        assert notice.last_error == "SMTPException"
        pass_time(at, wait)

    use(settings, Kept)
    assert deliver() == Delivered(sent=1)
    notice.refresh_from_db()
    assert (notice.attempts, notice.last_error, len(mail.outbox)) == (4, "", 1)


def test_after_eight_attempts_it_is_given_up(settings: Settings, at: SetClock) -> None:
    use(settings, Down)
    notice = queued()
    rounds = []
    for _ in range(services.MOST_ATTEMPTS):
        rounds.append(deliver())
        pass_time(at, 24 * 60)

    assert rounds == [*[Delivered(failed=1)] * 7, Delivered(given_up=1)]
    use(settings, Kept)
    assert deliver() == Delivered()
    notice.refresh_from_db()
    assert (notice.due_at, notice.sent_at, notice.attempts) == (None, None, 8)
    assert notice.last_error == "SMTPException"


def test_one_that_fails_does_not_hold_up_the_others(settings: Settings) -> None:
    use(settings, Down)
    queued()
    queued(address="")

    assert deliver() == Delivered(sent=1, failed=1)


def test_two_workers_do_not_send_the_same_notice(settings: Settings) -> None:
    use(settings, Nosy)
    for subject in ("一", "二", "三"):
        queued(subject=subject)

    deliver()

    assert sorted(message.subject for message in mail.outbox) == sorted(["一", "二", "三"])
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


def test_of_two_workers_that_read_the_same_row_one_gets_it() -> None:
    queued()
    mine, theirs = Notice.objects.get(), Notice.objects.get()

    assert [services._lease(mine), services._lease(theirs)] == [True, False]
    assert Notice.objects.get().attempts == 1


def test_the_notice_of_a_worker_that_died_comes_back_after_its_lease(at: SetClock) -> None:
    services._lease(queued())
    pass_time(at, 4)
    assert deliver() == Delivered()

    pass_time(at, 1)

    assert deliver() == Delivered(sent=1)
    assert Notice.objects.get().attempts == 2


def test_more_than_a_batch_is_sent_in_one_round() -> None:
    for _ in range(services.BATCH + 1):
        queued()

    assert deliver() == Delivered(sent=services.BATCH + 1)
    assert len(mail.outbox) == services.BATCH + 1


def test_a_message_that_cannot_be_written_is_given_up_and_stops_nobody(at: SetClock) -> None:
    bad = queued(subject="two\nlines")
    queued(subject="a good one")

    assert deliver() == Delivered(sent=1, failed=1)
    for round_ in range(1, 12):
        pass_time(at, 60 * 24 * round_)
        deliver()

    poisoned = Notice.objects.get(pk=bad.pk)
    assert (poisoned.due_at, poisoned.attempts, poisoned.sent_at) == (None, 8, None)


def test_no_more_is_sent_than_asked_for() -> None:
    for _ in range(5):
        queued()

    assert deliver(most=2) == Delivered(sent=2)
    assert deliver(most=200) == Delivered(sent=3)


def test_a_message_bears_the_id_of_its_notice() -> None:
    notice = queued()

    deliver()

    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{notice.pk}@")
