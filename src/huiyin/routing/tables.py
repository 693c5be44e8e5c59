"""Messages and answers from a CSV file with a header row."""

from collections.abc import Sequence
from pathlib import Path

from huiyin.kernel.csv_file import csv_rows, need
from huiyin.routing.terms import Message
from huiyin.routing.train import Lesson


def read(
    file: Path, *, text: Sequence[str], label: str, group: str | None = None, head: str = "label"
) -> Lesson:  # fmt: skip
    """The rows that have a label, blanks around it apart. Without a group's column equal texts are one group.
    ConfigError for a file that can't be read or lacks a column.
    """
    messages: list[Message] = []
    answers: list[str] = []
    groups: list[str] = []
    with csv_rows(file) as rows:
        need(rows, [*text, label, *([group] if group else [])], file)
        for row in rows:
            answer = (row[label] or "").strip()
            if answer:
                message = tuple(row[name] or "" for name in text)
                messages.append(message)
                answers.append(answer)
                groups.append(row[group] if group else "\n".join(message))
    return Lesson(messages, {head: answers}, groups, source=file.name)
