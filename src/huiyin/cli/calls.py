"""`huiyin calls`: a rehearsal's telephone."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from huiyin.cli.main import ready

if TYPE_CHECKING:
    from huiyin.access.actor import Actor
    from huiyin.calls.play import Tell
    from huiyin.calls.services.telephone import Told


@click.group("calls")
def command() -> None:
    """Telephone calls."""


@command.command("play")
@click.option("--calls", default=80, show_default=True, help="How many calls.")
@click.option("--speed", default=1.0, show_default=True, help="How many times as fast; 0: at once, as if just over.")
@click.option("--seats", default="", help="Who answers, as USER,USER; default: everybody who takes calls.")
@click.option("--nobody", is_flag=True, help="Nobody answers here: the calls are for people in browsers.")
@click.option("--seed", default=12345, show_default=True, help="The same seed, the same shift.")
@click.option("--to", default="", help="Tell the API at this address instead, as a telephone system; see HUIYIN_TOKEN.")
def play(calls: int, speed: float, seats: str, nobody: bool, seed: int, to: str) -> None:
    """Play a shift of invented calls into this rehearsal home, or (with --to) at an API.

    What people say, and what a seat makes of it, is printed line by line; then how it went. Exit 1 where a call was
    left without an outcome.
    """
    ready()
    from huiyin.calls.models import Call
    from huiyin.calls.play import SIMULATOR, here
    from huiyin.calls.play import play as run
    from huiyin.calls.shift import callers, plan
    from huiyin.kernel.errors import BadInput, FieldError

    if calls < 1 or speed < 0:
        raise BadInput(FieldError("calls", "at least one call, and no negative speed"))
    people = [] if nobody or to else _people(seats)
    shift = plan(callers(), calls=calls, seats=len(people) or 4, seed=seed)
    name = secrets.token_hex(3)
    played = run(shift, people=people, name=name, speed=speed, tell=_http(to) if to else here, say=click.echo)
    done = ", ".join(f"{how} {many}" for how, many in sorted(played.saved.items()))
    click.echo(f"{played.calls} calls, {played.answered} answered, {played.missed} missed; {done}")
    for problem in played.problems:
        click.echo(problem, err=True)
    if people and (left := Call.objects.filter(system=SIMULATOR, external__contains=f"-{name}-", outcome="").count()):
        raise click.ClickException(f"{left} calls without an outcome")


def _people(named: str) -> "list[Actor]":
    from huiyin.access.actor import actor_of
    from huiyin.cases.policies import TAKE_IN
    from huiyin.kernel.errors import NotFound
    from huiyin.people.models import User

    wanted = [name for name in named.split(",") if name]
    users = User.objects.filter(is_active=True)
    found = [actor_of(user) for user in (users.filter(username__in=wanted) if wanted else users.order_by("username"))]
    people = [actor for actor in found if actor.may(TAKE_IN)]
    if not people:
        raise NotFound("nobody_answers", "Nobody here takes calls.", do="Name people with --seats, or use --nobody.")
    return people[:20]


def _http(to: str) -> "Tell":
    import http.client
    import json
    import os
    from urllib.parse import urlsplit

    from huiyin.kernel.errors import Outage

    where = urlsplit(to)
    make = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    headers = {"Authorization": f"Bearer {os.environ.get('HUIYIN_TOKEN', '')}", "Content-Type": "application/json"}

    def tell(external: str, number: str, told: "Sequence[Told]") -> None:
        events = [
            {"kind": one.kind, "at": one.at.isoformat(), "key": one.key, "extension": one.extension,
             "recording": one.recording} for one in told
        ]  # fmt: skip
        line = make(where.netloc, timeout=20)
        body = json.dumps({"id": external, "number": number, "events": events})
        line.request("POST", f"{where.path.rstrip('/')}/api/v1/calls", body, headers)
        answer = line.getresponse()
        if answer.status != 200:
            raise Outage("not_taken", f"{to} answered {answer.status}: {answer.read(500).decode(errors='replace')}")
        line.close()

    return tell
