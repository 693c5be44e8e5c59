"""Messages that are one matter of many people: put together, kept themselves from day to day, counted and named.

`linked` puts together by average likeness: two sets become one while their messages are alike on the average, the
likest first. Whoever keeps issues puts each new message to the nearest (`join`), links the latest messages anew now and
then, and carries the names over (`named_as_before`), so that an issue is the same one tomorrow. `standing` counts
growth and heat, `title_of` names an issue by words that several people used.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from huiyin.textmining.features import TAKEN_OUT
from huiyin.textmining.similar import Reading, Weights, alike, matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array

type Labels = npt.NDArray[np.intp]

THRESHOLD = 0.14
"""Likeness from which on messages are one matter (docs/explanation/hot-issues.md says how it was chosen)."""
AT_ONCE = 5000
"""Messages that are linked in one go; a file of more is taken in one such window after the other."""
COMPARED = 50
"""Latest messages of an issue that a new one is compared with."""
WEEK, BEFORE_WEEKS = 7, 4
HALF_LIFE_DAYS = 14
FEWEST = 4
"""People in a week from which on growth is an alarm."""
TITLE_MOST = 30
LONG_NUMBER = re.compile(r"\d{4,}")
BLOCK = 512


def linked(
    rows: "csr_array", threshold: float = THRESHOLD, *, together: Labels | None = None,
    firm: Sequence[Hashable | None] = (),
) -> Labels:  # fmt: skip
    """Which set each row is in. `together`: rows with equal numbers are one set from the beginning. `firm`: so are rows
    with the same name, and two names never become one set.

    Sets that are each other's nearest become one, in rounds, until none are alike enough; as the mean of products is
    never above the larger of its parts, that gives what joining the likest pair each time gives.
    """
    labels, fixed = _begun(rows.shape[0], together, firm)
    means = _means(rows, labels)
    best, near = np.zeros(len(fixed), dtype=np.intp), np.zeros(len(fixed), dtype=np.float32)
    stale = np.arange(len(fixed))
    while len(labels):
        best[stale], near[stale] = _nearest(means, stale, fixed)
        each = np.arange(len(fixed))
        first = (best[best] == each) & (near >= threshold) & (each < best)
        if not first.any():
            break
        into = each.copy()
        into[best[first]] = each[first]
        changed = (into[best] != best) | np.isin(best, each[first]) | first
        kept, place = np.unique(into, return_inverse=True)
        labels = place[labels]
        fixed = np.bincount(place, weights=fixed) > 0
        means = _means(rows, labels)
        best, near, stale = place[best[kept]], near[kept], np.nonzero(changed[kept])[0]
    return labels


def _begun(
    count: int, together: Labels | None, firm: Sequence[Hashable | None]
) -> tuple[Labels, npt.NDArray[np.bool_]]:  # fmt: skip
    """The sets at the beginning, and which of them have a name."""
    labels = np.arange(count) if together is None else np.array(together, dtype=np.intp)
    named = dict[Hashable, int]()
    for n, name in enumerate(firm):
        if name is not None:
            labels[n] = named.setdefault(name, int(labels[n]))
    labels = np.unique(labels, return_inverse=True)[1]
    fixed = np.zeros(int(labels.max(initial=-1)) + 1, dtype=bool)
    fixed[[labels[n] for n, name in enumerate(firm) if name is not None]] = True
    return labels, fixed


def _means(rows: "csr_array", labels: Labels) -> "csr_array":
    from scipy import sparse  # noqa: PLC0415 - for whoever links many; pages load no SciPy

    sizes = np.bincount(labels)
    shares = (1 / sizes[labels]).astype(np.float32)
    gather = sparse.csr_array((shares, (labels, np.arange(len(labels)))), shape=(len(sizes), len(labels)))
    return sparse.csr_array(gather @ rows)


def _nearest(
    means: "csr_array", which: Labels, fixed: npt.NDArray[np.bool_]
) -> tuple[Labels, npt.NDArray[np.float32]]:  # fmt: skip
    """Of these sets the nearest other one each that they may become one with, and how near it is."""
    best, near = np.zeros(len(which), dtype=np.intp), np.zeros(len(which), dtype=np.float32)
    others = means.T.tocsr()
    for start in range(0, len(which), BLOCK):
        block = which[start : start + BLOCK]
        found = np.asarray((means[block] @ others).toarray(), dtype=np.float32)
        found[np.arange(len(block)), block] = -1
        found[np.ix_(fixed[block], fixed)] = -1
        best[start : start + BLOCK] = found.argmax(axis=1)
        near[start : start + BLOCK] = found.max(axis=1)
    return best, near


def gathered(weights: Weights, readings: Sequence[Reading], threshold: float = THRESHOLD) -> Labels:
    """Which issue each of a history's messages is in. A history of more than `AT_ONCE` is taken in order of time, half
    as many messages at a time together with the issues heard of last.
    """
    step = max(1, len(readings)) if len(readings) <= AT_ONCE else AT_ONCE // 2
    order = np.argsort([reading.day for reading in readings], kind="stable").astype(np.intp)
    labels = np.arange(len(readings))
    for start in range(0, len(order), step):
        window = np.concatenate([_heard_last(order[:start], labels, AT_ONCE // 2), order[start : start + step]])
        found = linked(matrix(weights, [readings[n] for n in window]), threshold, together=labels[window])
        names = {int(label): int(labels[n]) for n, label in zip(window[::-1], found[::-1], strict=True)}
        moved = {int(labels[n]): names[int(label)] for n, label in zip(window, found, strict=True)}
        labels = np.array([moved.get(int(label), int(label)) for label in labels], dtype=np.intp)
    return np.unique(labels, return_inverse=True)[1]


def _heard_last(past: Labels, labels: Labels, most: int) -> Labels:
    """The latest messages, at most `COMPARED` each, of so many issues that were heard of last, oldest first."""
    kept: dict[int, list[int]] = {}
    for n in past[::-1]:
        held = kept.setdefault(int(labels[n]), []) if len(kept) < most else kept.get(int(labels[n]), [])
        if len(held) < COMPARED:
            held.append(int(n))
    return np.array(sorted(n for held in kept.values() for n in held), dtype=np.intp)


def join[Name: Hashable](
    weights: Weights, reading: Reading, issues: Mapping[Name, Sequence[Reading]], threshold: float = THRESHOLD
) -> tuple[Name, float] | None:  # fmt: skip
    """The issue that a new message belongs to, and how like it is on the average; None where it is like none enough.

    The caller gives each issue's latest messages, at most `COMPARED` of which are compared.
    """
    if not issues:
        return None
    names, flat = list(issues), [one for readings in issues.values() for one in readings[-COMPARED:]]
    ends = np.cumsum([min(COMPARED, len(readings)) for readings in issues.values()])
    likeness = alike(weights, reading, flat)
    means = [float(part.mean()) for part in np.split(likeness, ends[:-1])]
    best = int(np.argmax(means))
    return (names[best], means[best]) if means[best] >= threshold else None


def named_as_before[Name: Hashable](
    labels: Sequence[int], before: Sequence[Name | None], firm: Sequence[Name | None] = ()
) -> dict[int, Name]:  # fmt: skip
    """Which of the new sets goes on under which old name: the firm ones their own, then the pairs with most messages in
    common, each set and each name once. A set that isn't there is new; a name that isn't there has ended.
    """
    found = {label: name for label, name in zip(labels, firm, strict=bool(firm)) if name is not None}
    taken = set(found.values())
    shared = Counter((label, name) for label, name in zip(labels, before, strict=True) if name is not None)
    for (label, name), _count in shared.most_common():
        if label not in found and name not in taken:
            found[label] = name
            taken.add(name)
    return found


@dataclass(frozen=True)
class Standing:
    """How an issue stands on a day. `week`: people in the last seven days, `before`: the mean of the four weeks before
    that; `heat`: each person counts half for every fortnight since they were last heard.
    """

    messages: int
    people: int
    first: date
    last: date
    week: int
    before: float
    heat: float

    @property
    def growth(self) -> float:
        """How many more people than in the weeks before, as a share; of nothing before, of one."""
        return (self.week - self.before) / max(1.0, self.before)

    @property
    def alarming(self) -> bool:
        """Whether so many came this week as chance rarely brings: two standard deviations over the weeks before."""
        return self.week >= FEWEST and self.week >= self.before + 2 * max(1.0, self.before) ** 0.5


def standing(voices: Iterable[tuple[Hashable, date]], today: date) -> Standing:
    """An issue's figures from who was heard on which day. ValueError for an issue without voices."""
    heard = [(person, day) for person, day in voices if day <= today]
    if not heard:
        raise ValueError("an issue without voices")
    latest: dict[Hashable, date] = {}
    for person, day in heard:
        latest[person] = max(day, latest.get(person, day))
    days = [day for _person, day in heard]
    week = len({person for person, day in heard if day > today - timedelta(WEEK)})
    weeks = {(person, (today - day).days // WEEK) for person, day in heard}
    earlier = [who for who, week_ago in weeks if 1 <= week_ago <= BEFORE_WEEKS]
    heat = sum(2 ** (-(today - day).days / HALF_LIFE_DAYS) for day in latest.values())
    return Standing(
        len(heard), len(latest), min(days), max(days), week, len(earlier) / BEFORE_WEEKS, round(float(heat), 2)
    )


def title_of(titles: Sequence[tuple[Hashable, str]]) -> str:
    """A title in the words of the issue's own titles, of which each was used by two people at least (or in two messages
    where all are one person's); "" where there are none. Numbers and what redaction took out are no words.

    It follows the title that says most of what the others say.
    """
    cut = [(person, list(_words(title))) for person, title in titles]
    said: dict[str, set[Hashable]] = {}
    one = len({person for person, _words in cut}) == 1
    for n, (person, words) in enumerate(cut):
        for word in words:
            said.setdefault(word, set()).add(n if one else person)
    shared = {word: len(who) for word, who in said.items() if len(who) > 1}
    kept = [[word for word in words if word in shared] for _person, words in cut]
    if not any(kept):
        return ""
    best = max(
        kept, key=lambda words: sum(shared[word] * (len(word) - 0.5) for word in set(words)) / (8 + _length(words))
    )
    return _within(best)


def _words(title: str) -> Iterator[str]:
    import rjieba  # noqa: PLC0415 - loading its words costs each command a tenth of a second and more

    for part in TAKEN_OUT.split(title):
        for word in rjieba.cut(part):
            if re.search(r"\w", word) and not LONG_NUMBER.search(word):
                yield word


def _length(words: Sequence[str]) -> int:
    return sum(len(word) for word in words)


def _within(words: Sequence[str]) -> str:
    """As many of the words as fit, without a single character at either end that means nothing by itself."""
    found, length = list[str](), 0
    for word in words:
        if length + len(word) > TITLE_MOST:
            break
        found.append(word)
        length += len(word)
    while found and found[-1] in HANGING:
        found.pop()
    while found and found[0] in HANGING:
        found.pop(0)
    return "".join(found)


HANGING = frozenset("不的了和与及在对为被把让向是有于就都也还又很请")
"""Words that end or begin no title."""
