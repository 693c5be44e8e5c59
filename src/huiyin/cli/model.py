"""`huiyin model`: learn to propose, say how well, keep versions."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.main import ready
from huiyin.kernel.errors import ConfigError

if TYPE_CHECKING:
    from huiyin.routing.model import Model
    from huiyin.routing.train import Lesson

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHELL = "shell"
WARM = 30


def columns(_ctx: click.Context, _param: click.Parameter, value: str | None) -> list[str]:
    """Names with commas between."""
    return [name.strip() for name in (value or "").split(",") if name.strip()]


@click.group("model")
def command() -> None:
    """Models that propose kind, category, unit and urgency: learned from a file or from this home's closed matters."""


@command.command("train")
@click.option("--csv", "table", type=FILE, help="CSV file in UTF-8 with a header row.")
@click.option("--text", callback=columns, help="Columns to read, with commas; the first is the title or the text.")
@click.option("--label", default="", help="Column with the right answer.")
@click.option("--group", default=None, help="Column that says which rows are one matter. Default: equal texts.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--from-cases", is_flag=True, help="Learn from this home's closed matters, and keep the model here.")
@click.option("--use", "put_to_use", is_flag=True, help="With --from-cases: propose with it from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print what it learned as JSON.")
def train(
    table: Path | None, text: list[str], label: str, group: str | None, out: Path | None,
    from_cases: bool, put_to_use: bool, as_json: bool,
) -> None:  # fmt: skip
    """Learn a model. What it says of itself was measured on matters held out of the learning."""
    from huiyin.routing import versions
    from huiyin.routing.train import train as learn

    if from_cases == (table is not None):
        raise click.UsageError("Give either --csv with --text, --label and --out, or --from-cases.")
    if from_cases:
        model = _from_cases(put_to_use=put_to_use)
    else:
        if not (table and text and label and out):
            raise click.UsageError("--csv needs --text, --label and --out.")
        if not out.parent.is_dir():
            raise click.UsageError(f"There is no folder {out.parent}.")
        model = learn(_lesson(table, text, label, group), _say)
        versions.write(out, model.to_bytes())
    if as_json:
        told = {"version": model.version, "bytes": model.size, **model.told}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        _tell(model)


def _from_cases(*, put_to_use: bool) -> "Model":
    ready()
    from huiyin.cases import lessons
    from huiyin.kernel import clock
    from huiyin.routing import versions
    from huiyin.routing.train import train as learn

    model = learn(lessons.from_closed(), _say)
    versions.keep(model, at=clock.now(), by=SHELL)
    if put_to_use:
        versions.use(model.version, at=clock.now(), by=SHELL)
    return model


def _lesson(table: Path, text: Sequence[str], label: str, group: str | None) -> "Lesson":
    from huiyin.routing.tables import read

    return read(table, text=text, label=label, group=group, head=label)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _tell(model: "Model") -> None:
    from huiyin.routing.model import SEASONED

    click.echo(f"model {model.version}: {model.told['messages']} messages, {model.size / 2**20:.1f} MiB")
    for name, figures in model.told["heads"].items():
        shown = "  ".join(f"{key} {value}" for key, value in figures.items())
        click.echo(f"  {name}, held out: {shown}")
    if model.young:
        click.echo(f"  young: lists go before it until it has learned from {SEASONED:,} matters")


@command.command("evaluate")
@click.argument("model", type=str)
@click.option("--csv", "table", type=FILE, required=True, help="CSV file in UTF-8 with a header row.")
@click.option("--text", callback=columns, required=True, help="The columns it was trained with, in the same order.")
@click.option("--label", required=True, help="Column with the right answer; the head of that name, or the only one.")
@click.option("--recalls", is_flag=True, help="Also each label with how often it was found where due.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate(model: str, table: Path, text: list[str], label: str, recalls: bool, as_json: bool) -> None:
    """Measure a model (a file, or a version of this home) on a file's rows."""
    from huiyin.routing.tables import read

    figures = measured(_found(model), read(table, text=text, label=label, head=label), label, recalls=recalls)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        if name == "recalls":
            for one in value:
                click.echo(f"  {one['label']}: {one['found']} of {one['due']}, named {one['named']}")
        else:
            click.echo(f"{name:20} {value}")


def measured(model: "Model", lesson: "Lesson", label: str, *, recalls: bool = False) -> dict[str, Any]:
    """The figures of one head on messages: its quality, its time, its size."""
    from huiyin.routing.measure import quality
    from huiyin.routing.measure import recalls as by_label

    if not lesson.messages:
        raise ConfigError("nothing_to_measure", f"{lesson.source} has no row with an answer in {label}.")
    if len(lesson.messages[0]) != model.told["columns"]:
        given = len(lesson.messages[0])
        raise ConfigError("other_columns", f"The model reads {model.told['columns']} columns; --text names {given}.")
    name = label if label in model.heads else next(iter(model.heads))
    head, truth = model.heads[name], [str(answer) for answer in lesson.answers[label]]
    model.suggest(lesson.messages[:WARM])
    began = time.process_time()
    model.suggest(lesson.messages)
    seconds = time.process_time() - began
    chances = head.chances(model.rows(name, lesson.messages))
    told: dict[str, Any] = {
        "version": model.version, "head": name, **quality(chances, head.labels, truth, model.threshold(name)).as_dict(),
        "us_per_message": round(seconds / max(1, len(lesson.messages)) * 1e6), "mib": round(model.size / 2**20, 2),
    }  # fmt: skip
    if recalls:
        first = [head.labels[place] for place in chances.argmax(axis=1)]
        told["recalls"] = [vars(one) for one in by_label(first, truth)]
    return told


def _found(name: str) -> "Model":
    from huiyin.routing import model as models
    from huiyin.routing import versions

    return models.load(Path(name)) if Path(name).is_file() else versions.get(name)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def show(as_json: bool) -> None:
    """The models kept in this home, the latest first."""
    from huiyin.routing import versions

    found = versions.kept()
    if as_json:
        click.echo(json.dumps([vars(one) for one in found], ensure_ascii=False, default=dict))
        return
    for one in found:
        heads = "  ".join(f"{name} {told['accuracy']:.3f}" for name, told in one.told["heads"].items())
        mark, matters = "*" if one.in_use else " ", one.told["messages"]
        click.echo(f"{mark} {one.version}  {one.made_at}  {matters} matters  {heads}")
    if not found:
        click.echo("No model is kept. `huiyin model train --from-cases` makes the first one.")


@command.command("use")
@click.argument("version", required=False, default="")
@click.option("--none", "nothing", is_flag=True, help="Propose with no model: by words and the duty list alone.")
def use(version: str, nothing: bool) -> None:
    """Propose with this version from now on, in every process of this home; also an earlier one."""
    from huiyin.kernel import clock
    from huiyin.routing import versions

    if nothing == bool(version):
        raise click.UsageError("Name a version, or --none.")
    versions.use(version, at=clock.now(), by=SHELL)
    click.echo(f"in use: {version or 'no model'}")


@command.command("compare")
@click.argument("first")
@click.argument("second")
@click.option("--csv", "table", type=FILE, help="Measure both on this file; else what each says of itself is shown.")
@click.option("--text", callback=columns, help="Columns to read.")
@click.option("--label", default="", help="Column with the right answer.")
@click.option("--json", "as_json", is_flag=True, help="Print both as JSON.")
def compare(first: str, second: str, table: Path | None, text: list[str], label: str, as_json: bool) -> None:
    """Two models side by side: on a file's rows, or by what each did on its own held-out matters."""
    from huiyin.routing.tables import read

    models = [_found(first), _found(second)]
    if table is not None:
        if not (text and label):
            raise click.UsageError("--csv needs --text and --label.")
        lesson = read(table, text=text, label=label, head=label)
        both = [{label: measured(one, lesson, label)} for one in models]
    else:
        both = [dict(one.told["heads"]) for one in models]
    if as_json:
        click.echo(json.dumps({one.version: told for one, told in zip(models, both, strict=True)}, ensure_ascii=False))
        return
    for head in dict.fromkeys([*both[0], *both[1]]):
        click.echo(f"{head:20} {models[0].version:>14} {models[1].version:>14}")
        left, right = both[0].get(head, {}), both[1].get(head, {})
        for name in dict.fromkeys([*left, *right]):
            if name not in {"version", "head"}:
                click.echo(f"  {name:18} {left.get(name, '-'):>14} {right.get(name, '-'):>14}")


@command.command("suggest")
@click.argument("text", nargs=-1, required=True)
@click.option("--model", default="", help="A file or a version; default: the one in use.")
@click.option("--json", "as_json", is_flag=True, help="Print the proposals as JSON.")
def suggest(text: tuple[str, ...], model: str, as_json: bool) -> None:
    """What a model makes of a message, with the words that speak for it and the nearest precedents."""
    from huiyin.routing import versions

    using = _found(model) if model else versions.in_use()
    if using is None:
        raise click.UsageError("No model is in use. `huiyin model list` shows which are kept.")
    found = using.suggest([text])[0]
    reasons = {name: using.reasons(text, name, one.first.label) for name, one in found.items()}
    told = {
        name: {
            "sure": one.sure, "choices": [vars(choice) for choice in one.choices],
            "reasons": reasons[name],
        }
        for name, one in found.items()
    }  # fmt: skip
    near = [vars(one) for one in using.near(text)]
    if as_json:
        click.echo(json.dumps({"version": using.version, "heads": told, "precedents": near}, ensure_ascii=False))
        return
    for name, one in found.items():
        choices = ", ".join(f"{choice.label} {choice.chance:.2f}" for choice in one.choices)
        click.echo(f"{name}{'' if one.sure else ' (unsure)'}: {choices}  by {'、'.join(reasons[name])}")
    for row in near:
        click.echo(f"precedent {row['name']} {row['cosine']:.2f}")
