"""Messages and answers from a CSV file with a header row."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from huiyin.kernel.errors import ConfigError
from huiyin.routing.terms import Message
from huiyin.routing.train import Lesson


def read(
    file: Path, *, text: Sequence[str], label: str, group: str | None = None, head: str = "label"
) -> Lesson:  # fmt: skip
    """The rows that have a label, blanks around it apart. Without a group's column equal texts are one group.
    ConfigError for a file that can't be read or lacks a column.
    """
    csv.field_size_limit(sys.maxsize)
    messages: list[Message] = []
    answers: list[str] = []
    groups: list[str] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            asked, there = [*text, label, *([group] if group else [])], rows.fieldnames or ()
            missing = [name for name in asked if name not in there]
            if missing:
                raise ConfigError("no_column", f"{file.name} has no column {', '.join(missing)}.")
            for row in rows:
                answer = (row[label] or "").strip()
                if answer:
                    message = tuple(row[name] or "" for name in text)
                    messages.append(message)
                    answers.append(answer)
                    groups.append(row[group] if group else "\n".join(message))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError("bad_table", f"{file} can't be read as a CSV file in UTF-8 ({error}).") from error
    return Lesson(messages, {head: answers}, groups, source=file.name)
