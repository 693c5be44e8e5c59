"""Measure what redaction finds in public messages whose source masked telephones, plates, numbers and names.

    HUIYIN_DATA=/folder/of/messages make eval

Twice: by rules alone, as a text is read when it comes in, and closely, as the worker reads it soon after. Into each
mask a made-up value of its kind is planted, as people write them (spaces, dashes, full-width digits); then the text is
redacted, and a value counts as found only where nothing of it is left. Where a Chinese character follows a masked name,
one given name's character is planted, because sources often leave the last one. Of what else was taken out, numbers are
counted as taken too much, because the source had masked the real ones already; names and doors are counted by
themselves, for the source left some in clear. The same seed gives the same figures; no text is printed.
"""

import os
import random
import re
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stdnum import luhn
from stdnum.cn import ric

from huiyin.kernel.csv_file import csv_rows
from huiyin.redaction.names import COMPOUND, SURNAME
from huiyin.redaction.numbers import PROVINCE
from huiyin.redaction.text import pieces

SETS = {
    "hotline orders": ("haikou12345/orders.csv", ("content",)),
    "mayor's mailbox": ("teddy2020c/messages.csv", ("title", "detail")),
    "replies": ("teddy2020c/replies.csv", ("reply",)),
    "complaints": ("sichuan_wenzheng/complaints.csv", ("title", "content")),
    "forum posts": ("sun0769/posts_2018.csv", ("title", "content")),
}
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建国志文辉鑫宇浩然子涵欣怡梓轩雨晨思远家豪佳慧海燕春梅永福"
)
MASKS = re.compile(
    rf"\[(?:手机号|电话|身份证号|车牌|银行卡号|邮箱)\]|(?<![{SURNAME}])[{SURNAME}]某{{1,2}}(?![一二三四五六七八九十某些种个处地人家单])"
)
HAN = re.compile(r"[\u4e00-\u9fff]")
NUMBERS = {"phone", "id", "card", "plate", "email"}


def mobile(dice: random.Random) -> str:
    """A mobile number, as people write it."""
    digits = f"1{dice.choice('3456789')}{dice.randrange(10**9):09d}"
    way = dice.random()
    if way < 0.08:
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    if way < 0.14:
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    return digits.translate({ord(d): 0xFF10 + int(d) for d in string.digits}) if way < 0.17 else digits


def telephone(dice: random.Random) -> str:
    """A mobile number or a landline."""
    if dice.random() < 0.6:
        return mobile(dice)
    area, local = dice.choice(["0558", "0898", "028", "0731"]), str(dice.randrange(2_000_000, 89_999_999))
    return dice.choice([f"{area}-{local}", f"{area}{local}", local])


def identity(dice: random.Random) -> str:
    """An identity number with its check digit."""
    born = f"{dice.randrange(1940, 2010)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}"
    head = f"{dice.choice(['341282', '460106', '510107', '430105'])}{born}{dice.randrange(1000):03d}"
    return head + ric.calc_check_digit(head + "0")


def plate(dice: random.Random) -> str:
    """A plate, sometimes of an electric car, with a dot or in small letters."""
    tail = "".join(dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(4)) + dice.choice(string.digits)
    head = dice.choice(PROVINCE) + dice.choice("ABCDEFGH")
    way = dice.random()
    if way < 0.1:
        return f"{head}D{tail}"
    return f"{head}·{tail}" if way < 0.2 else (head + tail).lower() if way < 0.25 else head + tail


def card(dice: random.Random) -> str:
    """A bank card's number."""
    head = f"62{dice.randrange(10**16):016d}"
    return head + luhn.calc_check_digit(head)


def email(dice: random.Random) -> str:
    """An address at a mail provider."""
    return f"{dice.choice(['li', 'wang', 'zhao'])}{dice.randrange(10**6)}@{dice.choice(['qq.com', '163.com'])}"


def name(dice: random.Random) -> str:
    """A name of two or three characters, now and then of four."""
    surname = dice.choice(COMPOUND.split("|")) if dice.random() < 0.03 else dice.choice(SURNAME[:120])
    return surname + "".join(dice.choice(GIVEN) for _ in range(1 if dice.random() < 0.25 else 2))


MAKERS: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "[手机号]": ("mobile", mobile), "[电话]": ("telephone", telephone), "[身份证号]": ("identity number", identity),
    "[车牌]": ("plate", plate), "[银行卡号]": ("bank card", card), "[邮箱]": ("e-mail", email),
}  # fmt: skip


@dataclass
class Found:
    """Counts of one set."""

    texts: int = 0
    characters: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    partly: Counter[str] = field(default_factory=Counter)
    closely: Counter[str] = field(default_factory=Counter)
    """Found whole in the second reading."""
    besides: Counter[str] = field(default_factory=Counter)
    """Pieces that touch nothing planted, by class."""
    read_besides: int = 0
    """Names that the second reading alone took and nobody planted."""
    seconds: float = 0.0
    close_seconds: float = 0.0


def texts(folder: Path, file: str, columns: tuple[str, ...]) -> Iterator[str]:
    """The messages of a file."""
    with csv_rows(folder / file) as rows:
        for row in rows:
            yield "\n".join(row[column] for column in columns if row[column])


def plant(text: str, dice: random.Random) -> tuple[str, list[tuple[int, int, str]]]:
    """The text with a value in each mask, and where each stands."""
    done, spans, last, length = [], [], 0, 0
    for mask in MASKS.finditer(text):
        kind, make = MAKERS.get(mask.group(), ("name", name))
        follows = text[mask.end() : mask.end() + 1]
        value = make(dice)[:2] if kind == "name" and HAN.match(follows) else make(dice)
        before = text[last : mask.start()]
        start = length + len(before)
        spans.append((start, start + len(value), kind))
        done += [before, value]
        length, last = start + len(value), mask.end()
    return "".join([*done, text[last:]]), spans


def measure(folder: Path, file: str, columns: tuple[str, ...], seed: int) -> Found:
    """Plant, redact, count."""
    dice, told = random.Random(seed), Found()  # noqa: S311 - figures, not secrets
    for text in texts(folder, file, columns):
        planted, spans = plant(text, dice)
        began = time.perf_counter()
        taken = pieces(planted)
        told.seconds += time.perf_counter() - began
        began = time.perf_counter()
        read = pieces(planted, closely=True)
        told.close_seconds += time.perf_counter() - began
        told.texts += 1
        told.characters += len(planted)
        for start, end, kind in spans:
            left = [at for at in range(start, end) if not any(p.start <= at < p.end for p in taken)]
            told.closely[kind] += all(any(p.start <= at < p.end for p in read) for at in range(start, end))
            told.planted[kind] += 1
            told.found[kind] += not left
            told.partly[kind] += 0 < len(left) < end - start
        for piece in taken:
            if not any(piece.start < end and start < piece.end for start, end, _kind in spans):
                told.besides[piece.kind] += 1
        told.read_besides += sum(
            not any(piece.start < p.end and p.start < piece.end for p in taken)
            and not any(piece.start < end and start < piece.end for start, end, _kind in spans)
            for piece in read
        )
    return told


def main() -> None:
    """Print the figures as two tables."""
    named = os.environ.get("HUIYIN_DATA", "")
    if not named or not Path(named).is_dir():
        sys.exit(
            "HUIYIN_DATA names no folder: the public messages aren't part of the repository, nothing was measured."
        )
    whole = Found()
    print(
        "| set | texts | kind | planted | found whole | partly | recall | found closely | recall |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for title, (file, columns) in SETS.items():
        told = measure(Path(named), file, columns, 2021)
        for kind in sorted(told.planted):
            line(title, told.texts, kind, told)
        for count in ("planted", "found", "partly", "closely", "besides"):
            getattr(whole, count).update(getattr(told, count))
        for count in ("texts", "characters", "seconds", "close_seconds", "read_besides"):
            setattr(whole, count, getattr(whole, count) + getattr(told, count))
    for kind in sorted(whole.planted):
        line("all", whole.texts, kind, whole)
    numbers = [kind for kind in whole.planted if kind != "name"]
    caught, extra = sum(whole.found[k] for k in numbers), sum(whole.besides[k] for k in NUMBERS)
    print(f"\nNumbers: {caught} of {sum(whole.planted[k] for k in numbers)} found; {extra} taken besides, so precision")
    print(f"is at least {caught / max(1, caught + extra):.3f} (some of these the source had left in clear).")
    rest = ", ".join(f"{kind} {count}" for kind, count in sorted(whole.besides.items()))
    print(f"Taken besides what was planted, by class: {rest}; in {whole.characters:,} characters.")
    print(f"The second reading took {whole.read_besides} names besides.")
    by_rules, closely = whole.seconds / whole.texts * 1e6, whole.close_seconds / whole.texts * 1e3
    print(f"{by_rules:.0f} µs a text by rules, {closely:.1f} ms closely.")


def line(title: str, count: int, kind: str, told: Found) -> None:
    """One line of the table."""
    planted, found, closely = told.planted[kind], told.found[kind], told.closely[kind]
    print(
        f"| {title} | {count:,} | {kind} | {planted} | {found} | {told.partly[kind]} | {found / planted:.3f}"
        f" | {closely} | {closely / planted:.3f} |"
    )


if __name__ == "__main__":
    main()
