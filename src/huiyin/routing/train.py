"""Learning a model from messages with the answers that people gave. Import it where something is learned and nowhere
else: scikit-learn takes seconds to load.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from huiyin.kernel.errors import ConfigError
from huiyin.routing import precedents, terms
from huiyin.routing.calibrate import Scale, Table
from huiyin.routing.measure import SURE, coverage, quality
from huiyin.routing.model import Head, Model, is_young, named, sure_from
from huiyin.routing.terms import Message, Rows

LEAST = 20
"""Messages with an answer that a head takes at least."""
RARE = 2
"""Messages that a label takes at least."""
FOLDS = 4
FEW = 4_000
"""Up to so many messages every fold is held out once; of more, one fold is enough to be honest about."""
MANY = 20
"""Labels up to which all are learned together, by least squares; more are learned one by one, which finds rare ones."""
SHRUNK, STEPS = 0.03, 24
"""Least squares: what weights cost, as a share of a message's own length; steps towards the solution, which is better
left half-way than reached.
"""
BIAS, TINY = np.float32(0.1), np.float32(1e-12)
SQUARED = 2
"""Power of the terms' rarity where no question has many labels."""
COST, ALONE_COST, ALONE = 0.25, 1.0, 0.4
"""One by one: what a mistake costs, also of the second learner that reads the first column alone, and its share."""
LEANING, LEANING_SINGLE, DOUBT = 0.01, 0.005, 0.4
"""One by one: what a term's leaning counts beside the machines (`_leanings`), also of a single column; and how much
each label is taken to have said of everything before it said anything, as a share of what a label says.
"""
BEGUN = [[1.8, 0.0], [2.4, 0.0], [1.8, 2.0]]
"""Scales that the search for the likeliest begins with: logarithm of the slope, shift."""

type Say = Callable[[str], None]
type Answers = Sequence[str | None]
type Mask = npt.NDArray[np.bool_]
type Learned = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Lesson:
    """What is learned from. `groups` keep together what is the same matter; `names` make precedents (case numbers)."""

    messages: Sequence[Message]
    answers: Mapping[str, Answers]
    """By head; None where nobody answered."""
    groups: Sequence[str]
    names: Sequence[str] = ()
    source: str = ""
    reads: Mapping[str, int] = field(default_factory=dict)
    """By head, how many columns it reads; all where nothing is said."""


def train(lesson: Lesson, say: Say = lambda _line: None) -> Model:
    """A model with a head for each question that has enough answers. ConfigError when none has."""
    _checked(lesson)
    say(f"reading {len(lesson.messages)} messages")
    spelled = [list(terms.parts(message)) for message in lesson.messages]
    few = all(len({*answers} - {None}) <= MANY for answers in lesson.answers.values())
    known = terms.learn(spelled, lesson.groups, power=SQUARED if few else 1)
    wide, alone = len(lesson.messages[0]), _alone(lesson.messages, spelled, known)
    rows = {wide: known.weighed(spelled)}
    for reads in {*lesson.reads.values()} - {wide}:
        rows[reads] = known.rows([message[:reads] for message in lesson.messages])
    heads, told = {}, {}
    for name, answers in lesson.answers.items():
        place = [i for i, answer in enumerate(answers) if answer]
        labels = _labels([answers[i] or "" for i in place])
        place = [i for i in place if answers[i] in labels]
        if len(place) < LEAST or len(labels) < 2:
            say(f"{name}: too few answers ({len(place)} in {len(labels)} labels), no head")
            continue
        say(f"{name}: {len(place)} answers, {len(labels)} labels")
        reads = lesson.reads.get(name, wide)
        head, told[name] = _head(
            name, rows[reads], place, answers, lesson.groups, labels, known, alone, single=wide == 1
        )
        heads[name] = replace(head, reads=reads)
    if not heads:
        raise ConfigError("too_little", f"A head takes {LEAST} messages in two labels at least; there are fewer.")
    said = rows[min(head.reads for head in heads.values())]
    kept = precedents.index(said, lesson.names, len(known))
    facts = {
        "source": lesson.source, "messages": len(lesson.messages), "groups": len(set(lesson.groups)),
        "terms": len(known), "columns": wide, "heads": told,
    }  # fmt: skip
    return named(Model(known, heads, kept, facts))


def _alone(messages: Sequence[Message], spelled: Sequence[Sequence[terms.Part]], known: terms.Terms) -> Mask:
    """Which terms are stretches of the first column by itself, where it is the text and others stand beside it, or the
    only one; none where it is a title, which is too little to be asked alone.
    """
    found = np.zeros(len(known), dtype=bool)
    lengths = np.array([[len(column) for column in message] for message in messages]).mean(axis=0)
    if lengths[0] == lengths.max():
        part = terms.FIRST if len(lengths) > 1 else terms.STRETCHES
        keys = np.unique(np.concatenate([message[part][1] for message in spelled]))
        found[:] = np.isin(known.keys, keys, assume_unique=True)
    return found


def _checked(lesson: Lesson) -> None:
    if not lesson.messages:
        raise ConfigError("too_little", "There is no message to learn from.")
    if len({len(message) for message in lesson.messages}) > 1:
        raise ConfigError("uneven", "Every message must have the same columns.")


def _labels(answers: Sequence[str]) -> list[str]:
    counts: dict[str, int] = {}
    for answer in answers:
        counts[answer] = counts.get(answer, 0) + 1
    return sorted(label for label, count in counts.items() if count >= RARE)


def fold_of(group: str) -> int:
    """A group's fold, the same on every machine."""
    return int.from_bytes(sha256(group.encode()).digest()[:4], "big") % FOLDS


def _head(
    name: str, rows: Rows, place: list[int], answers: Answers, groups: Sequence[str], labels: list[str],
    known: terms.Terms, alone: Mask, *, single: bool,
) -> tuple[Head, dict[str, float]]:  # fmt: skip
    """Learn from all; the scale from messages whose group was held out."""
    table = _matrix(rows, place, len(known))
    right = np.searchsorted(labels, [str(answers[i]) for i in place])
    folds = np.array([fold_of(groups[i]) for i in place])
    apart = [folds == fold for fold in (range(FOLDS) if len(place) <= FEW else range(1))]
    apart = [out for out in apart if out.any() and len(np.unique(right[~out])) > 1]
    if not apart:
        raise ConfigError("one_group", f"{name}: all messages are one group, nothing can be held out.")
    due = np.concatenate([right[out] for out in apart])
    held = []
    for out in apart:
        weights, bias = _learned(table[~out], right[~out], len(labels), alone, single=single)
        held.append(np.asarray(table[out] @ weights + bias, dtype=np.float32))
    scores = np.concatenate(held)
    weights, bias = _learned(table, right, len(labels), alone, single=single)
    scale = fitted(scores, due)
    head = Head(name, tuple(labels), weights.astype(np.float16), bias.astype(np.float32), scale, 0)
    sure = sure_from(scale.threshold, young=is_young({"groups": len(set(groups))}))
    return head, quality(scale.chances(scores), labels, [labels[i] for i in due], sure).as_dict()


def _matrix(rows: Rows, place: Sequence[int], width: int):  # type: ignore[no-untyped-def] # scipy has no types
    table = csr_matrix((rows.values, rows.terms, rows.starts), shape=(len(rows), width))
    table.sum_duplicates()
    return table[np.asarray(place)]


def _learned(table, right, labels: int, alone: Mask, *, single: bool) -> Learned:  # type: ignore[no-untyped-def]
    """Weights (terms by labels) and bias. A `single` column is read by its stretches alone."""
    if labels <= MANY:
        return _together(table, right, labels)
    if single:
        weights, bias = np.zeros((table.shape[1], labels), dtype=np.float32), np.zeros(labels, dtype=np.float32)
    else:
        weights, bias = _one_by_one(table, right, labels, COST)
    if alone.any():
        more, beside = _one_by_one(table[:, alone], right, labels, ALONE_COST)
        weights[alone] += ALONE * more
        bias += ALONE * beside
    weights += (LEANING_SINGLE if single else LEANING) * _leanings(table, right, labels)
    return weights, bias


def _leanings(table, right, labels: int) -> npt.NDArray[np.float32]:  # type: ignore[no-untyped-def]
    """How much oftener each term is said under a label than under all others, as a logarithm: terms by labels. It knows
    nothing of other terms, so that it is wrong in another way than a machine that weighs all of them together.
    """
    chosen = csr_matrix((np.ones(len(right), dtype=np.float32), (np.arange(len(right)), right)), (len(right), labels))
    said = (table.T @ chosen).toarray()
    all_ = said.sum(axis=1, keepdims=True) + TINY
    before = DOUBT * said.sum(axis=0).mean() * all_ / all_.sum()
    under, beside = said + before, all_ - said + before
    under /= under.sum(axis=0)
    beside /= beside.sum(axis=0)
    found: npt.NDArray[np.float32] = np.log(under / beside).astype(np.float32)
    return found


def _together(table, right, labels: int) -> Learned:  # type: ignore[no-untyped-def]
    """Least squares by conjugate gradients, every label at once: to -1 for the wrong labels, to +1 for the right one if
    it is as common as the mean, to more the rarer it is.
    """
    left = np.full((table.shape[0], labels), -1, dtype=np.float32)
    common = np.maximum(np.bincount(right, minlength=labels), 1)
    left[np.arange(len(right)), right] = np.sqrt(common.mean() / common)[right]
    shrunk = np.float32(SHRUNK * (table.multiply(table).sum() / table.shape[0] + BIAS))
    found, way, back = np.zeros_like(left), left.copy(), table.T
    far = np.square(left).sum(axis=0)
    for _step in range(STEPS):
        there = table @ (back @ way) + BIAS * way.sum(axis=0) + shrunk * way
        far_as = far / np.maximum((way * there).sum(axis=0), TINY)
        found += far_as * way
        left -= far_as * there
        before, far = far, np.square(left).sum(axis=0)
        way = left + far / np.maximum(before, TINY) * way
    return np.asarray(back @ found, dtype=np.float32), BIAS * found.sum(axis=0)


def _one_by_one(table, right, labels: int, cost: float) -> Learned:  # type: ignore[no-untyped-def]
    """A support vector machine a label; one that isn't there is never proposed."""
    learner = LinearSVC(C=cost, tol=0.1, random_state=0).fit(table, right)
    weights = np.zeros((table.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -3.0, dtype=np.float32)
    if len(learner.classes_) == 2:
        low, high = learner.classes_
        weights[:, high], weights[:, low] = learner.coef_[0], -learner.coef_[0]
        bias[high], bias[low] = learner.intercept_[0], -learner.intercept_[0]
    else:
        weights[:, learner.classes_] = learner.coef_.T
        bias[learner.classes_] = learner.intercept_
    return weights, bias


def fitted(scores: Table, right: npt.NDArray[np.intp]) -> Scale:
    """The scale under which the held-out messages are likeliest, and the probability from which on 95 of 100 first
    proposals are right. One more message of which nothing is known counts as well, every label being as likely: a few
    that were all told right would else make every guess a certainty.
    """
    rows, doubt = np.arange(len(right)), 1 / (len(right) + 1)

    def loss(given: npt.NDArray[np.float64]) -> float:
        logs = np.log(_scale(given).chances(scores))
        return float(-(1 - doubt) * logs[rows, right].mean() - doubt * logs.mean())

    best = minimize(
        loss, BEGUN[0], method="Nelder-Mead",
        options={"maxiter": 160, "xatol": 1e-3, "fatol": 1e-5, "initial_simplex": BEGUN},
    )  # fmt: skip
    scale = _scale(best.x)
    chances = scale.chances(scores)
    share, threshold = coverage(chances.max(axis=1), chances.argmax(axis=1) == right)
    # Where all may be answered, the least sure of them says nothing of what is less sure.
    return Scale(scale.slope, scale.shift, min(threshold, SURE) if share == 1 else threshold)


def _scale(given: npt.NDArray[np.float64]) -> Scale:
    return Scale(float(np.exp(given[0])), float(given[1]), 0.0)
