"""The worker's round: what fails ends its own part alone."""

import pytest

from huiyin.cli import worker


@pytest.mark.django_db
def test_a_part_that_fails_keeps_nothing_else_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    did = list[str]()

    def fault(*_args: object, **_kwargs: object) -> None:
        raise ValueError("an issue without voices")

    for part in ("cases.services.gather.work", "search.index.catch_up", "cases.services.recount.recount_if_changed"):
        monkeypatch.setattr(f"huiyin.{part}", fault)
    monkeypatch.setattr("huiyin.cases.services.sweep.sweep", lambda: did.append("swept"))
    monkeypatch.setattr("huiyin.ledger.sealing.seal_daily", lambda: did.append("sealed"))
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)  # this test's own is needed further on

    worker.work()

    assert did == ["sealed"], "nothing is swept by an old calendar"
    assert caplog.text.count("a part of the round failed") == 3
