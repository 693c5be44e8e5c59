"""`huiyin worker`: the sweep, the notices, the search, the webhooks and the exchange, for ever."""

import logging
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from huiyin.cli.main import ready

if TYPE_CHECKING:
    from huiyin.cases.services.sweep import Swept

log = logging.getLogger("huiyin.worker")
LOOSE_FOR = timedelta(days=1)
"""How long a file that was sent and attached to nothing is kept."""

READ_AGAIN = 200
"""Texts read a second time in a round: some two seconds of work, a million texts a day."""


INDEXED = 2000
"""Older documents taken into the search in a round, until all are: some four seconds of work."""


@click.command("worker")
@click.option("--every", default=15, show_default=True, help="Seconds between rounds.")
@click.option("--once", is_flag=True, help="One round, then stop.")
def command(every: int, once: bool) -> None:
    """Sweep clocks and send notices, round after round. Several workers may run at once. While a rehearsal city is
    being built they wait (with --once: refuse). Told to end, it gives back what it had taken to itself.
    """
    ready()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as an exception, so that every `finally` has its turn
    from huiyin.kernel import building

    if once:
        building.refuse_while_building()
    elif (found := building.under_way()) is not None:
        click.echo(f"a city is being built here ({found.done} of {found.total}): waiting until it is whole", err=True)
    while building.under_way() is not None:
        time.sleep(every)
    work(first=True)
    while not once:
        time.sleep(every)
        work()


def work(*, first: bool = False) -> None:
    """One round. A lost database ends the round, not the worker; any other fault ends its part alone."""
    from django.db import InterfaceError, OperationalError, close_old_connections

    from huiyin.cases.services import gather
    from huiyin.cases.services.outgoing import send_due
    from huiyin.cases.services.reread import reread
    from huiyin.exchange import passing
    from huiyin.hotline.checking import draw_last_week
    from huiyin.knowledge.keeping import pass_days
    from huiyin.ledger import anchors, sealing
    from huiyin.notices.services import deliver
    from huiyin.receptions import reminders
    from huiyin.search import index
    from huiyin.webhooks import sending

    close_old_connections()
    try:
        _alone(send_due)
        swept = _alone(_sweep)
        for part in (pass_days, draw_last_week, reminders.work):
            _alone(part)
        sent, passed, told = _alone(deliver), _alone(passing.work), _alone(sending.work)
        _alone(sending.forget_old)
        _alone(lambda: reread(most=READ_AGAIN))
        _alone(lambda: index.catch_up(most=INDEXED))
        gathered = _alone(gather.work)
        _alone(lambda: _tidy(first=first))
        if sealed := sealing.seal_daily():
            anchors.keep(anchors.own_file())
            click.echo(f"sealed {sum(one.events for one in sealed)} events: {sealed[-1].number}", err=True)
    except (OperationalError, InterfaceError) as error:
        click.echo(f"database: {error}; trying again", err=True)
        return
    if passed and (passed.taken or passed.poisoned or passed.told):
        click.echo(
            f"took {passed.taken} messages of partners in, {passed.poisoned} poisonous; told {passed.told} results",
            err=True,
        )
    if gathered and (gathered.joined or gathered.alarms):
        click.echo(f"compared {gathered.joined} cases, told of {gathered.alarms} hot issues", err=True)
    if told and (told.sent or told.failed):
        click.echo(f"told receivers {told.sent} events, {told.failed} to try again", err=True)
    if swept and swept.cases:
        click.echo(f"swept {swept.cases} cases", err=True)
    if sent and (sent.sent or sent.failed):
        click.echo(f"sent {sent.sent} notices, {sent.failed} to try again", err=True)


def _alone[Found](part: Callable[[], Found]) -> Found | None:
    """What a part of the round gives. Its fault is logged and ends no other part: sealing comes last of all."""
    from django.db import InterfaceError, OperationalError

    try:
        return part()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a part of the round failed; the others go on")
        return None


def _sweep() -> "Swept":
    from huiyin.cases.services.recount import recount_if_changed
    from huiyin.cases.services.sweep import sweep

    recount_if_changed()  # first, or the sweep would breach a clock that the calendar has moved
    return sweep()


def _tidy(*, first: bool) -> None:
    """Note which files are missing, and drop what nobody needs any more."""
    from huiyin.calls import private
    from huiyin.cases.services.erase import list_missing
    from huiyin.cases.services.watching import forget_old
    from huiyin.files.services import drop_loose
    from huiyin.kernel import clock
    from huiyin.signin.store import SessionStore

    list_missing(since=None if first else clock.now() - LOOSE_FOR)
    forget_old()
    private.forget_old()
    SessionStore.clear_expired()
    drop_loose(before=clock.now() - LOOSE_FOR)
