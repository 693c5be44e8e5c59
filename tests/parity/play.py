"""Play random service calls in the home that HUIYIN_HOME and HUIYIN_DATABASE_URL name, and write down what came of it.

    python -m tests.parity.play SEED CALLS FOLDER

FOLDER gets `calls` (a line for each call: what was called and what it answered) and `rows` (every row of every table).
The same seed gives the same two files, whatever the database. The home must be empty.
"""

import json
import os
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"

START = datetime.fromisoformat("2021-03-02T09:30:00+08:00")


def main(seed: int, calls: int, folder: Path) -> None:
    """Set up, play, dump."""
    import django

    from huiyin.kernel import home

    home.create(rehearsal=home.is_rehearsal())
    django.setup()
    from django.core.management import call_command
    from django.utils import translation

    from huiyin.kernel import clock
    from tests.factories.cases import publish_rules, sound
    from tests.parity import dump
    from tests.parity.chance import Chance
    from tests.parity.moves import Play
    from tests.personas import build_city

    call_command("migrate", verbosity=0, interactive=False)
    clock.install(lambda: START)
    chance = Chance(seed)
    chance.install()
    with translation.override("zh-hans"):
        city = build_city()
        publish_rules()
        play = Play(city, random.Random(seed), folder, START)  # noqa: S311 - the seed is the point
        clock.install(lambda: play.now)
        with (folder / "calls").open("w", encoding="utf-8") as out:
            for call in range(calls):
                chance.begin(call)
                play.now += timedelta(minutes=play.dice.randint(0, 9), microseconds=play.dice.randint(0, 999_999))
                out.write(json.dumps([call, *one_call(play)], ensure_ascii=False, default=str) + "\n")
        wrong = {number: found for number in play.numbers if (found := sound(number, same_calendar=False))}
        assert not wrong, wrong
    (folder / "rows").write_text("\n".join(dump.lines()) + "\n", encoding="utf-8")


def one_call(play: Any) -> list[Any]:
    """One random call: its name and its answer, or the refusal with its code, or the class of the database's error."""
    from django.db import Error

    from huiyin.kernel.errors import BadInput, HuiyinError
    from tests.parity.moves import MOVES

    [move] = play.dice.choices([move for _weight, move in MOVES], [weight for weight, _move in MOVES])
    try:
        return [move.__name__, "done", move(play)]
    except BadInput as error:
        return [move.__name__, "unreadable", [(one.field, str(one.message)) for one in error.fields]]
    except HuiyinError as error:
        return [move.__name__, "refused", error.code, str(error), error.facts]
    except Error as error:
        return [move.__name__, "FAILED", type(error).__name__]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
