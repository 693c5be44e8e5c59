"""`huiyin demo`: a rehearsal city, built and served."""

import json
import sys
from typing import TYPE_CHECKING

import click

from huiyin.cli.main import ready

if TYPE_CHECKING:
    from huiyin.demo.quotas import CityScenario

FOUND = "found the city as it was left"
SEATS, CALLS = ("operator", "seat"), 24
"""Who takes the calls of the small city, and how many there are."""
QUIET = 0.35
"""How busy its seats are: few callers give up."""


@click.command("demo")
@click.option("--small", is_flag=True, help="The small city: a few dozen matters, in seconds.")
@click.option(
    "--scenario",
    default="jieshou_2021",
    show_default=True,
    help="Which packaged scenario to build: a whole city (jieshou_2021, riverside_2021), or small.",
)
@click.option("--scale", default=1.0, show_default=True, help="Share of a whole city's matters, above 0.")
@click.option("--no-serve", is_flag=True, help="Build only.")
@click.option("--no-snapshot", is_flag=True, help="Neither begin from a kept city nor keep this one.")
@click.option("--go-on", is_flag=True, help="Only make what is missing of a city that was begun.")
@click.option("--port", default=8000, show_default=True)
def command(
    small: bool, scenario: str, scale: float, no_serve: bool, no_snapshot: bool, go_on: bool, port: int
) -> None:  # fmt: skip
    """Build a rehearsal city in HUIYIN_HOME (once), say who can log in, and serve it.

    A whole city is served while it is being built, and its pages say how far it is. When it is ended meanwhile, the
    next call goes on. A built city is kept, and the next new home begins from it (SQLite).
    """
    from huiyin.demo import quotas
    from huiyin.kernel import home

    home.create(rehearsal=True)
    name = "small" if small else scenario
    beside = None
    if not quotas.is_city(name):
        _small(name)
    elif go_on:
        ready()
        _raise(quotas.load_city_scenario(name), no_snapshot)
        return
    else:
        beside = _city(quotas.load_city_scenario(name), scale, no_serve, no_snapshot)
    if no_serve:
        return
    from huiyin.cli.serve import run

    click.echo(f"\nCitizens: http://127.0.0.1:{port}/    Staff: http://127.0.0.1:{port}/sign-in/\n")
    run(host="127.0.0.1", port=port, first=beside)


def _set_up() -> None:
    from huiyin.cli.init import set_up

    ready()
    set_up(echo=lambda line: click.echo(line, err=True))


def _small(name: str) -> None:
    _set_up()
    from huiyin.demo import build

    chosen = build.load_scenario(name)
    built = build.build(chosen, progress=_progress)
    click.echo(err=True)
    click.echo(f"{built.cases} matters made, {built.people} people" if built.cases else FOUND)
    if built.cases:
        _calls()
        _knows()
    _introduce()


def _calls() -> None:
    """A morning of calls that has just ended, so that the seats' pages aren't empty."""
    from huiyin.access.actor import actor_of
    from huiyin.calls.play import play
    from huiyin.calls.shift import callers, plan
    from huiyin.people.models import User

    people = [actor_of(user) for user in User.objects.filter(username__in=SEATS).order_by("username")]
    shift = plan(callers(), calls=CALLS, seats=len(people), seed=10, busy=QUIET)
    played = play(shift, people=people, name="demo")
    click.echo(f"{played.calls} calls, {played.missed} of them missed")


def _knows() -> None:
    """Matters of earlier years, a model learned from what is closed, and issues: one answered, one to be taken on."""
    from huiyin.demo import knowing

    earlier, model, taken = knowing.bring_earlier(), knowing.know(), knowing.take_on(most=2)
    click.echo(f"{earlier} matters of earlier years; model {model or '-'}; {len(taken)} hot issues taken on")


def _city(plan: "CityScenario", scale: float, no_serve: bool, no_snapshot: bool) -> list[str] | None:
    """Begin from a snapshot, or found the city and make its matters: here, or by the returned command beside the
    server.
    """
    from huiyin.demo import snapshot
    from huiyin.kernel import building

    begun = not no_snapshot and snapshot.begin_from(plan.name, plan.now, scale=scale)
    _set_up()
    from huiyin.demo import city

    city.found_city(plan, scale=scale)
    missing = building.under_way() is not None
    if missing and no_serve:
        _raise(plan, no_snapshot)
    elif missing:
        click.echo("the city is served from now on, and built meanwhile")
    else:
        click.echo("begun from a city built before" if begun else FOUND)
    _introduce()
    beside = [sys.executable, "-m", "huiyin.cli", "demo", "--scenario", plan.name, "--go-on"]
    return beside + ["--no-snapshot"] * no_snapshot if missing and not no_serve else None


def _raise(plan: "CityScenario", no_snapshot: bool) -> None:
    """A builder that outlived whoever started it is watched until it ends; what it leaves is made then."""
    from huiyin.demo import city, doors, knowing, snapshot
    from huiyin.kernel import building

    note = building.under_way()
    built = city.raise_city(plan, progress=_progress, wait=True)
    if note is None or not built.cases:
        click.echo(FOUND)
        return
    knowing.know_city(plan.now)
    click.echo(err=True)
    click.echo(f"{built.cases} matters made, {built.people} people")
    if no_snapshot:
        return
    kept = snapshot.keep(note, plan.now, beside=doors.matters_beside(plan, note.scale))
    click.echo(
        f"kept for new homes: {kept}" if kept else "not kept for new homes (PostgreSQL, or somebody acted in it)"
    )


def _progress(done: int, total: int) -> None:
    click.echo(f"\rmatters … {done}/{total}", nl=False, err=True)


def _introduce() -> None:
    """Everybody who can log in, as the home was built with them."""
    from huiyin.kernel import home

    people = json.loads((home.path() / "personas.json").read_text(encoding="utf-8"))
    click.echo(f"\nWho can log in (password for all: {people[0]['password']}):")
    for person in people:
        click.echo(f"  {person['username']:24} {person['name']}\t{person['role']}")
    click.echo("\nA key for a program (REST API, Open311): huiyin token issue operator")
