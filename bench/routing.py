"""What learning and proposing cost: `python -m bench.routing [--messages 20000]`. One core, no database.

Matters in the words of the demo city's grammar, each of another requester: four heads (unit, category, kind, urgency)
as `huiyin model train --from-cases` learns them. Then all heads are asked in batches, and alone with the words that
speak for each answer and the nearest precedents, thirty times each. Exit 1 when a budget is broken.
"""

import argparse
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import bench.setup  # noqa: F401 - Django first
from bench.measure import RUNS, WARM_UPS
from huiyin.demo.knowing import said
from huiyin.routing.model import Model
from huiyin.routing.terms import Message
from huiyin.routing.train import Lesson, train

TRAIN_S, BATCH_MS, ALONE_MS = 60.0, 5.0, 30.0
BATCH = 100
SAID = 2
"""Columns that are the requester's words; the unit alone is also proposed by category and town."""
type Matter = tuple[Message, dict[str, str]]


def matters(count: int, chance: random.Random) -> list[Matter]:
    """So many matters with their four answers."""
    return [
        (
            (one.title, one.body, one.category.replace(".", " › "), one.town.name),
            {"unit": one.unit, "category": one.category, "kind": str(one.kind), "urgency": str(one.urgency)},
        )
        for one in said(count, chance)
    ]


def lesson(made: Sequence[Matter]) -> Lesson:
    """What closed matters would teach."""
    heads = made[0][1]
    return Lesson(
        [message for message, _answers in made], {head: [answers[head] for _m, answers in made] for head in heads},
        [str(n) for n in range(len(made))], [f"C-{n}" for n in range(len(made))],
        reads={head: SAID for head in heads if head != "unit"},
    )  # fmt: skip


def each(call: Callable[[int], object], messages: int = 1) -> float:
    """Median milliseconds of CPU a message, over the runs."""
    spent = []
    for run in range(WARM_UPS + RUNS):
        began = time.process_time()
        call(run)
        spent.append((time.process_time() - began) * 1000 / messages)
    return statistics.median(spent[WARM_UPS:])


def explained(model: Model, message: Message) -> None:
    """All heads' proposals with reasons, and the precedents: what a desk is shown of one matter."""
    for name, found in model.suggest([message])[0].items():
        for choice in found.choices:
            model.reasons(message, name, choice.label)
    model.near(message)


def main() -> int:
    """Learn, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    wanted = parser.parse_args().messages
    chance = random.Random(20)  # noqa: S311
    made, asked = matters(wanted, chance), [message for message, _answers in matters(BATCH * RUNS, chance)]
    before, began = _memory(), time.process_time()
    model = train(lesson(made))
    learned = time.process_time() - began
    length = round(statistics.mean(len(title) + len(body) for title, body, *_rest in asked))
    sizes = ", ".join(f"{name} {len(head.labels)}" for name, head in model.heads.items())
    print(f"\n== routing: {wanted:,} matters of {length} characters; labels: {sizes}; {len(model.terms):,} terms")
    batch = each(lambda n: model.suggest(asked[n * BATCH % len(asked) :][:BATCH]), BATCH)
    alone = each(lambda n: explained(model, asked[n]))
    print(f"learn                       {learned:9.1f} s CPU   (at most {TRAIN_S * wanted / 20_000:.0f})")
    print(f"suggest, all heads, batch   {batch:9.2f} ms CPU a message   (at most {BATCH_MS:.0f})")
    print(f"suggest, alone, explained   {alone:9.2f} ms CPU   (at most {ALONE_MS:.0f})")
    print(f"memory while learning {_memory() - before:.0f} MiB more; the model {model.size / 2**20:.1f} MiB")
    costs = {"learn": (learned, TRAIN_S * wanted / 20_000), "batch": (batch, BATCH_MS), "alone": (alone, ALONE_MS)}
    broken = [name for name, (spent, most) in costs.items() if spent > most]
    for name in broken:
        print(f"BUDGET BROKEN  routing, {name}: {costs[name][0]:.1f}, at most {costs[name][1]:.1f}")
    return int(bool(broken))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
