"""A learned model: its terms, its heads, its precedents. It reads messages and proposes; it never learns here.

A model is one file of arrays without code (`.npz`, no pickle), the same bytes for the same messages; its version is the
hash of those bytes.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from huiyin.kernel.errors import ConfigError
from huiyin.routing.calibrate import Scale, Table
from huiyin.routing.measure import SURE
from huiyin.routing.precedents import Near, Precedents
from huiyin.routing.terms import Message, Rows, Terms
from huiyin.textmining.features import GONE, Read

FORMAT = 1
SHOWN = 3
"""Labels proposed, words named, precedents shown."""
DIGEST = 12
"""Hex digits of a version's name."""
EVEN = 0.5
"""The probability under which no model is sure."""
SEASONED = 1_000
"""Matters, each of another group, up to which a model is young: lists go before it. Of proposals at 0.95 and more that
contradict the list of words, a model of 200 made-up matters had 72 in 100 right, one of 400 had 98; what people write
varies more (ADR 0054).
"""


def is_young(told: Mapping[str, Any]) -> bool:
    """Whether a model that tells this of itself learned from too few matters to contradict a list."""
    return int(told.get("groups", 0)) < SEASONED


def sure_from(fitted: float, *, young: bool) -> float:
    """The probability from which on an answer may stand by itself: never what is wrong as often as right, though nearly
    all others be right. A young model held out too few matters to trust a low threshold: its probability must itself be
    as high as the precision that is promised.
    """
    return max(fitted, SURE if young else EVEN)


@dataclass(frozen=True)
class Head:
    """One question with its answers. `weights` has a row a term, a column a label."""

    name: str
    labels: tuple[str, ...]
    weights: npt.NDArray[np.float16]
    bias: npt.NDArray[np.float32]
    scale: Scale
    reads: int
    """How many columns of a message it reads: a category isn't proposed by the category."""

    def scores(self, rows: Rows) -> Table:
        """How much speaks for each label, a row a message."""
        found = np.empty((len(rows), len(self.labels)), dtype=np.float32)
        for place in range(len(rows)):
            terms, values = rows.row(place)
            found[place] = values @ self.weights[terms].astype(np.float32)
        return found + self.bias

    def chances(self, rows: Rows) -> Table:
        """The probability of each label, a row a message."""
        return self.scale.chances(self.scores(rows))


@dataclass(frozen=True)
class Choice:
    """One proposed answer and its probability."""

    label: str
    chance: float


@dataclass(frozen=True)
class Suggestion:
    """What a head makes of a message: the likeliest answers, and whether the first may stand by itself."""

    head: str
    choices: tuple[Choice, ...]
    sure: bool

    @property
    def first(self) -> Choice:
        return self.choices[0]


@dataclass(frozen=True)
class Model:
    """What `train` made. `told` says what it learned from and how well it did on what was held out."""

    terms: Terms
    heads: Mapping[str, Head]
    precedents: Precedents
    told: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    size: int = 0
    """Bytes of its file."""

    @property
    def young(self) -> bool:
        """Whether a list that says otherwise is followed, however sure the model is."""
        return is_young(self.told)

    def threshold(self, head: str) -> float:
        """The probability from which on the head's first answer may stand by itself."""
        return sure_from(self.heads[head].scale.threshold, young=self.young)

    def suggest(self, messages: Sequence[Message], *, heads: Sequence[str] = ()) -> list[dict[str, Suggestion]]:
        """For each message, by head. A message without a known term gets what is commonest, unsure."""
        found: list[dict[str, Suggestion]] = [{} for _ in messages]
        read: dict[int, Rows] = {}
        for name in heads or self.heads:
            head = self.heads[name]
            if head.reads not in read:
                read[head.reads] = self.rows(name, messages)
            rows = read[head.reads]
            chances = head.chances(rows)
            order = np.argsort(-chances, axis=1, kind="stable")[:, :SHOWN]
            for place, best in enumerate(order):
                choices = tuple(Choice(head.labels[label], float(chances[place, label])) for label in best)
                empty = rows.starts[place] == rows.starts[place + 1]
                sure = choices[0].chance >= self.threshold(name) and not empty
                found[place][name] = Suggestion(name, choices, sure)
        return found

    def ranked(self, head: str, message: Message) -> tuple[list[Choice], bool]:
        """Every answer with its probability, the likeliest first; and whether the message says anything known."""
        asked, rows = self.heads[head], self.rows(head, [message])
        chances = asked.chances(rows)[0]
        order = np.argsort(-chances, kind="stable")
        return [Choice(asked.labels[label], float(chances[label])) for label in order], len(rows.terms) > 0

    def rows(self, head: str, messages: Sequence[Message]) -> Rows:
        """The messages as that head reads them."""
        return self.terms.rows([message[: self.heads[head].reads] for message in messages])

    def reasons(self, message: Message, head: str, label: str) -> tuple[str, ...]:
        """The words of the message that speak for a label most, the strongest first; none where nothing does."""
        asked = self.heads[head]
        read = Read(GONE.join(message[: asked.reads]))
        weights = self._by_character(read, asked.weights[:, asked.labels.index(label)])
        totals: dict[str, float] = {}
        for start, end in read.cut():
            word = read.text[start:end]
            if len(word) > 1 and word.isalnum():
                totals[word] = totals.get(word, 0.0) + float(weights[start:end].sum())
        best = sorted(((total, word) for word, total in totals.items() if total > 0), reverse=True)
        return tuple(word for _total, word in best[:SHOWN])

    def _by_character(self, read: Read, column: npt.NDArray[np.float16]) -> npt.NDArray[np.float64]:
        """What each character of the text adds, a stretch's share spread over its characters."""
        found = np.zeros(read.length + 1)
        for starts, ends, kind in (*read.stretches(), *read.words()):
            keys = read.numbers(starts, ends, kind)
            places = np.minimum(np.searchsorted(self.terms.keys, keys), max(0, len(self.terms) - 1))
            known = self.terms.keys[places] == keys if len(self.terms) else np.zeros(len(keys), dtype=bool)
            each = self.terms.rarity[places] * column[places] * known / (ends - starts)
            np.add.at(found, starts, each)
            np.add.at(found, ends, -each)
        return np.cumsum(found)[:-1]

    def near(self, message: Message, *, most: int = SHOWN) -> list[Near]:
        """The earlier messages nearest to this one, by what all heads read."""
        said = message[: min(head.reads for head in self.heads.values())]
        return self.precedents.near(*self.terms.rows([said]).row(0), most=most)

    def to_bytes(self) -> bytes:
        """The file's bytes, the same for the same model."""
        arrays: dict[str, npt.NDArray[Any]] = {"keys": self.terms.keys, "rarity": self.terms.rarity}
        for name, head in self.heads.items():
            arrays |= {f"weights.{name}": head.weights, f"bias.{name}": head.bias}
        arrays |= self.precedents.arrays()
        heads = [
            {"name": h.name, "labels": h.labels, "reads": h.reads, "scale": h.scale.as_dict()}
            for h in self.heads.values()
        ]
        meta = {"format": FORMAT, "heads": heads, "told": self.told, "names": self.precedents.names}
        arrays["meta"] = np.frombuffer(json.dumps(meta, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8)
        out = io.BytesIO()
        np.savez(out, **arrays)  # type: ignore[arg-type] # numpy's stub takes the arrays for its flag
        return out.getvalue()


def named(model: Model) -> Model:
    """The model with its version and size."""
    data = model.to_bytes()
    return replace(model, version=sha256(data).hexdigest()[:DIGEST], size=len(data))


def from_bytes(data: bytes, name: str = "model") -> Model:
    """A model from its file's bytes. ConfigError for bytes that aren't one, or of another format."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            meta = json.loads(arrays["meta"].tobytes())
            if meta["format"] != FORMAT:
                raise ConfigError("model_format", f"{name} has format {meta['format']}, not {FORMAT}: train it anew.")
            heads = {
                h["name"]: Head(
                    h["name"], tuple(h["labels"]), arrays[f"weights.{h['name']}"], arrays[f"bias.{h['name']}"],
                    Scale(**h["scale"]), h["reads"],
                )
                for h in meta["heads"]
            }  # fmt: skip
            terms = Terms(arrays["keys"], arrays["rarity"])
            precedents = Precedents.of(arrays, tuple(meta["names"]))
    except (BadZipFile, ValueError, KeyError, EOFError, OSError, TypeError) as error:
        raise ConfigError("no_model", f"{name} isn't a model's file ({error}).") from error
    return Model(terms, heads, precedents, meta["told"], sha256(data).hexdigest()[:DIGEST], len(data))


def load(file: Path) -> Model:
    """A model from its file."""
    try:
        return from_bytes(file.read_bytes(), file.name)
    except FileNotFoundError as error:
        raise ConfigError("no_model", f"There is no file {file}.") from error
