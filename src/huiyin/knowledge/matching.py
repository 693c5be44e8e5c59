"""Which articles fit some words. Pure: texts in, numbers out, the same whatever the database.

Chinese is compared by pairs of characters, which need no dictionary and find 公积金 in 住房公积金; other scripts by
words. A pair counts the more the fewer articles have it. Words that only ask (怎么, 哪里) count for nothing.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

ASKING = re.compile(
    "请问|想问|咨询|一下|怎么样|怎么办理|怎么办|怎么|怎样|如何|什么|哪里|哪儿|哪个|多少|是否|能不能|可不可以|可以|需要|应该|"
    "有没有|要不要|我们|你们|我家|我想|您好|你好|谢谢|办理|吗|呢|了|的|啊|吧"
)
RUNS = re.compile(r"[㐀-鿿]+|[a-z0-9]+")
MOST_TERMS = 400
"""Of a long text only the first so many are looked at."""
QUESTION, WORDS, ANSWER, BODY = 1.0, 1.0, 0.5, 0.4
"""How much a term counts by where it stands."""
LEAST = 0.34
"""What fits less isn't found."""


def plain(text: str) -> str:
    """As it is compared: width and case don't count, nor words that only ask."""
    return ASKING.sub(" ", unicodedata.normalize("NFKC", text).casefold())


def terms(text: str) -> list[str]:
    """The pairs of characters and the words of a text, in order."""
    found: list[str] = []
    for run in RUNS.findall(plain(text)):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


@dataclass(frozen=True)
class Text:
    """An article as it is compared."""

    question: str
    words: str = ""
    answer: str = ""
    body: str = ""


class Index:
    """The texts by their terms. Never changes; another set of texts makes another."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._asked = [set(terms(text.question)) for text in texts]
        for place, text in enumerate(texts):
            for term, weight in _weighed(text).items():
                self._postings[term].append((place, weight))
        self._rarity = {term: math.log(1 + len(texts) / len(found)) for term, found in self._postings.items()}
        self._unknown = math.log(1 + len(texts))

    def find(self, words: str, *, least: float = LEAST) -> list[tuple[int, float]]:
        """Places of the texts that fit, the best first, each with how well (0 to 1).

        A few words fit by how much of them stands in the text; a long story by how much of the question stands in it.
        """
        asked = list(dict.fromkeys(terms(words)))[:MOST_TERMS]
        wanted = sum(self._worth(term) for term in asked)
        if not wanted:
            return []
        scores: dict[int, float] = defaultdict(float)
        for term in asked:
            for place, weight in self._places(term).items():
                scores[place] += self._worth(term) * weight
        known = set(asked)
        found = [(place, self._fit(place, score / wanted, known)) for place, score in scores.items()]
        return sorted(((p, fit) for p, fit in found if fit >= least), key=lambda one: (-one[1], one[0]))

    def _fit(self, place: int, share: float, said: set[str]) -> float:
        of_question = sum(self._rarity[term] for term in self._asked[place])
        told = sum(self._rarity[term] for term in self._asked[place] & said)
        whole = told / of_question if of_question else 0.0
        return max(share, whole) * 0.8 + min(share, whole) * 0.2

    def _worth(self, term: str) -> float:
        return self._rarity.get(term, self._unknown)

    def _places(self, term: str) -> dict[int, float]:
        """Where the term stands; of a lone character or a word begun, where something stands that begins so."""
        if term in self._postings:
            return dict(self._postings[term])
        found: dict[int, float] = {}
        if len(term) == 1 or term.isascii():
            for known, places in self._postings.items():
                if known.startswith(term):
                    for place, weight in places:
                        found[place] = max(weight, found.get(place, 0.0))
        return found


def _weighed(text: Text) -> dict[str, float]:
    """Each term's weight: where it counts most, at most 1."""
    found: dict[str, float] = {}
    for words, weight in ((text.body, BODY), (text.answer, ANSWER), (text.words, WORDS), (text.question, QUESTION)):
        found |= dict.fromkeys(terms(words), weight)
    return found
