"""A filled-in paper, whatever it is shown as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huiyin.papers.template import Template


@dataclass(frozen=True)
class Paragraphs:
    """One part as it reads: a heading (or none) and its paragraphs."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Title, number, whom it is addressed to, its parts, who signs, and when."""

    title: str
    number: str
    addressee: str
    parts: tuple[Paragraphs, ...]
    signed: str
    day: date
    matter: str

    @property
    def day_text(self) -> str:
        return f"{self.day.year}年{self.day.month}月{self.day.day}日"


ENDS, CLOSING = "。！？；：，、….!?;:,", '）)》」』”’"'


def _ended(line: str) -> str:
    """A sentence that somebody typed, with its full stop."""
    return line if line.rstrip(CLOSING)[-1:] in ENDS else f"{line}。"


def fill(
    template: Template, *, facts: Mapping[str, str], texts: Mapping[str, str], number: str, signed: str, day: date,
    matter: str,
) -> Sheet:  # fmt: skip
    """The sheet. What isn't required and is empty is left out."""
    parts = []
    for block in template.there(facts):
        said = block.say.format_map(dict(facts)) if block.say else texts.get(block.text, "")
        lines = tuple(
            _ended(line.strip()) if block.text else line.strip() for line in said.splitlines() if line.strip()
        )
        if lines:
            parts.append(Paragraphs(block.heading, lines))
    return Sheet(template.title.zh, number, facts.get("addressee", ""), tuple(parts), signed, day, matter)
