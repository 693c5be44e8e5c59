"""`huiyin demo`: a rehearsal city, built and served."""

import click

from huiyin.cli.main import ready


@click.command("demo")
@click.option("--small", is_flag=True, help="The small city.")
@click.option(
    "--scenario",
    default="small",
    show_default=True,
    help="Which packaged scenario to build: small, or a whole city (jieshou_2021, riverside_2021).",
)
@click.option("--no-serve", is_flag=True, help="Build only.")
@click.option("--port", default=8000, show_default=True)
def command(small: bool, scenario: str, no_serve: bool, port: int) -> None:
    """Build a rehearsal city in HUIYIN_HOME (once), say who can log in, and serve it."""
    from huiyin.cli.init import set_up
    from huiyin.kernel import home

    home.create(rehearsal=True)
    ready()
    set_up(echo=lambda line: click.echo(line, err=True))
    from huiyin.demo import build as small_city
    from huiyin.demo import city, quotas

    def progress(done: int, total: int) -> None:
        click.echo(f"\rmatters … {done}/{total}", nl=False, err=True)

    name = "small" if small else scenario
    if quotas.is_city(name):
        plan = quotas.load_city_scenario(name)
        built, people, password = city.build_city(plan, progress=progress), city.staff_of(plan), plan.password
    else:
        chosen = small_city.load_scenario(name)
        built = small_city.build(chosen, progress=progress)
        people, password = small_city.people_of(chosen), chosen.password
    click.echo(err=True)
    click.echo(f"{built.cases} matters made, {built.people} people" if built.cases else "found the city as it was left")
    click.echo(f"\nWho can log in (password for all: {password}):")
    for person in people:
        click.echo(f"  {person.username:24} {person.name}\t{person.role}")
    if no_serve:
        return
    from huiyin.cli.serve import run

    click.echo(f"\nCitizens: http://127.0.0.1:{port}/    Staff: http://127.0.0.1:{port}/sign-in/\n")
    run(host="127.0.0.1", port=port)
