"""`huiyin init`: a home with its database, units, areas and rules."""

import click

from huiyin.cli.main import ready


@click.command("init")
@click.option("--rehearsal", is_flag=True, help="Make a rehearsal: its clock can be moved, it never becomes live.")
def command(rehearsal: bool) -> None:
    """Make the home: keys, database, the reference city's units, published procedures. Run again, it adds nothing."""
    from huiyin.kernel import home

    new = home.create(rehearsal=rehearsal)
    ready()
    set_up(echo=lambda line: click.echo(line, err=True))
    click.echo(f"{'made' if new else 'found'} {home.path()} ({'rehearsal' if rehearsal else 'live'})")


def set_up(echo: object) -> None:
    """Bring the database up to date and load what a city needs before its first matter."""
    say = echo if callable(echo) else print
    from importlib.resources import files

    from django.conf import settings
    from django.core.management import call_command

    from huiyin.access.actor import SYSTEM
    from huiyin.cases.services.catalogue import load_catalogue
    from huiyin.cases.services.publish import publish_packaged
    from huiyin.cases.services.standings import fill_standings
    from huiyin.offices.role_history import note_roles
    from huiyin.org.services import import_outline, load_city, packaged_city

    say("database …")
    call_command("migrate", verbosity=0, interactive=False)
    if filled := fill_standings().events:
        say(f"  {filled} events: how the case stood after them was worked out")
    say("units and areas …")
    loaded = load_city(packaged_city(), "jieshou.yaml", divisions=settings.DIVISIONS)
    say(f"  {loaded.areas} areas, {loaded.units} units, {loaded.names} further names added")
    if import_outline(county=loaded.county):
        say("  the county's outline")
    say("categories and dispatch catalogue …")
    text = (files("huiyin.hotline") / "catalogue" / "jieshou.yaml").read_text(encoding="utf-8")
    say("  {} categories, {} duties added".format(*load_catalogue(text, "jieshou.yaml")))
    if note_roles():
        say("roles of this version noted in the audit")
    say("procedures and limits …")
    say("  " + ", ".join(key for ring in settings.RULE_RINGS for key in publish_packaged(actor=SYSTEM, package=ring)))
