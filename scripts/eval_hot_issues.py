"""Measure how well messages are put together that are one matter, on public messages with twelve issues read by hand.

    HUIYIN_DATA=/folder/of/messages make eval

The threshold of each method is chosen on six issues and tried on the other six, over many such halves: the mean of each
issue's best F1 (against any set that was found), and B-cubed F over the issues' messages, where every other message of
a set counts against its precision. Beside it: average linkage, DBSCAN and k-means on plain TF-IDF. Then the same
messages day by day, as a home takes them in: how near that comes to all at once, and how often a message changes its
issue. No text is printed.
"""

import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from huiyin.kernel.csv_file import csv_rows
from huiyin.textmining import hot_issues, similar
from huiyin.textmining.similar import Reading, Said

type Labels = npt.NDArray[np.intp]
type Truth = Mapping[str, Sequence[int]]

COPIES = range(360_100, 360_115)
"""Messages that are copies of others and left out, as the truth's makers say."""
HALVES, SEED = 200, 12345
GROWN, WINDOW_DAYS, LINKED_EVERY, PER_TERM, MOST = 1.25, 120, 7, 40, 100


def messages(folder: Path) -> tuple[list[Said], list[str], Truth]:
    """The messages in order of time, who wrote each, and the issues' messages by place."""
    with csv_rows(folder / "teddy2020c/hot_messages.csv") as told:
        rows = [row for row in told if int(row["message_id"]) not in COPIES]
    rows.sort(key=lambda row: row["time"])
    place = {row["message_id"]: n for n, row in enumerate(rows)}
    truth: dict[str, list[int]] = {}
    with csv_rows(folder / "teddy2020c/hot_issues.csv") as issues:
        for row in issues:
            if row["message_id"] in place:
                truth.setdefault(row["issue_id"], []).append(place[row["message_id"]])
    said = [Said(row["title"], row["detail"], datetime.fromisoformat(row["time"])) for row in rows]
    return said, [row["user"] for row in rows], truth


class Scores:
    """What a grouping reaches on each issue, so that any choice of issues is averaged at once."""

    def __init__(self, labels: Labels, truth: Truth) -> None:
        sizes = np.bincount(labels)
        self.best: dict[str, float] = {}
        self.cubed: dict[str, tuple[float, float, int]] = {}
        for name, places in truth.items():
            found = labels[list(places)]
            shared = np.bincount(found, minlength=len(sizes))
            self.best[name] = float((2 * shared / (sizes + len(places))).max())
            same = shared[found]
            self.cubed[name] = float((same / sizes[found]).sum()), float(same.sum() / len(places)), len(places)

    def of(self, issues: Sequence[str]) -> tuple[float, float]:
        """Mean best F1 and B-cubed F of these issues."""
        precise, whole, count = np.sum([self.cubed[name] for name in issues], axis=0)
        p, r = precise / count, whole / count
        return float(np.mean([self.best[name] for name in issues])), 2 * p * r / (p + r)


def halves(names: Sequence[str]) -> list[tuple[list[str], list[str], list[str]]]:
    """Halves to choose on, those to try, and a resample of these with repetition for the interval."""
    dice = np.random.default_rng(SEED)
    found = []
    for _ in range(HALVES):
        mixed = [names[n] for n in dice.permutation(len(names))]
        half = mixed[len(mixed) // 2 :]
        found.append((mixed[: len(mixed) // 2], half, [half[n] for n in dice.integers(len(half), size=len(half))]))
    return found


def line(title: str, tried: Mapping[float, Labels], truth: Truth, seconds: float) -> None:
    """One method: thresholds chosen on six, tried on six; then the best for all twelve."""
    scores = {limit: Scores(labels, truth) for limit, labels in tried.items()}
    means, spread = [], []
    for chosen, asked, again in halves(list(truth)):
        best = max(scores, key=lambda limit: sum(scores[limit].of(chosen)))
        means.append(scores[best].of(asked))
        spread.append(scores[best].of(again))
    (f1, cubed), low, high = (
        np.mean(means, axis=0),
        np.percentile(spread, 2.5, axis=0),
        np.percentile(spread, 97.5, axis=0),
    )
    top = max(scores, key=lambda limit: sum(scores[limit].of(list(truth))))
    seen = scores[top].of(list(truth))
    print(
        f"| {title} | {f1:.3f} ({low[0]:.2f}–{high[0]:.2f}) | {cubed:.3f} ({low[1]:.2f}–{high[1]:.2f})"
        f" | {top:g}: {seen[0]:.3f}, {seen[1]:.3f} | {seconds:.1f} |",
        flush=True,
    )


def timed(method: Callable[[float], Labels], limits: Sequence[float]) -> tuple[dict[float, Labels], float]:
    """What a method finds at each threshold, and the seconds that the middle one took."""
    found, spent = {}, []
    for limit in limits:
        began = time.process_time()
        found[limit] = np.unique(method(limit), return_inverse=True)[1]
        spent.append(time.process_time() - began)
    return found, float(np.median(spent))


def beside(said: Sequence[Said], truth: Truth) -> None:
    """The plain methods."""
    reader = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32)
    rows = reader.fit_transform([f"{one.title}。{one.body}" for one in said])
    began = time.process_time()
    apart = np.clip(1 - (rows @ rows.T).toarray(), 0, None)
    np.fill_diagonal(apart, 0)
    apart = (apart + apart.T) / 2
    tree = linkage(squareform(apart, checks=False), "average")
    spent = time.process_time() - began
    found, _ = timed(lambda limit: fcluster(tree, limit, "distance"), [round(0.8 + 0.01 * n, 2) for n in range(16)])
    line("average linkage, TF-IDF", found, truth, spent)

    def dense(limit: float) -> Labels:
        labels: Labels = DBSCAN(eps=limit, min_samples=2, metric="precomputed").fit_predict(apart)
        return np.where(labels < 0, len(labels) + np.arange(len(labels)), labels)

    line("DBSCAN, TF-IDF", *_swap(truth, *timed(dense, [round(0.4 + 0.05 * n, 2) for n in range(9)])))

    dense_rows = TruncatedSVD(100, random_state=SEED).fit_transform(rows)

    def means(count: float) -> Labels:
        found: Labels = KMeans(int(count), random_state=SEED, n_init=1, max_iter=20).fit_predict(dense_rows)
        return found

    line("k-means, TF-IDF in 100 dimensions", *_swap(truth, *timed(means, [400, 800, 1200, 1600])))


def _swap(
    truth: Truth, found: dict[float, Labels], seconds: float
) -> tuple[dict[float, Labels], Truth, float]:  # fmt: skip
    return found, truth, seconds


class Home:
    """Messages as a home takes them in: each joined to what is there, and the latest linked anew now and then."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.issue: list[int] = []
        self.members: dict[int, list[int]] = defaultdict(list)
        self.terms: dict[int, list[int]] = defaultdict(list)
        self.weights = similar.learn([])
        self.moved = self.stayed = 0

    def take(self, reading: Reading) -> None:
        """Join one message as `cases.services.gather` does."""
        if len(self.readings) >= 20 and len(self.readings) > GROWN * self.weights.messages:
            self.weights = similar.learn(self.readings)
        terms = [int(term) for term in self.weights.strongest(reading)]
        shared = Counter(n for term in terms for n in self.terms[term][-PER_TERM:])
        near = [n for n, _count in shared.most_common(MOST)]
        likeness = similar.alike(self.weights, reading, [self.readings[n] for n in near])
        ranked = [near[n] for n in np.argsort(-likeness, kind="stable")]
        issues = list(dict.fromkeys(self.issue[n] for n in ranked))
        held = {
            key: [self.readings[n] for n in self.members[key][-hot_issues.COMPARED :]]
            for n, key in enumerate(issues)
            if n < 5 or len(self.members[key]) == 1
        }
        found = hot_issues.join(self.weights, reading, held) if held else None
        place = len(self.readings)
        key = found[0] if found else place
        self.readings.append(reading)
        self.issue.append(key)
        self.members[key].append(place)
        for term in terms:
            self.terms[term].append(place)

    def night(self) -> None:
        """Link the latest anew; what changes its issue is counted."""
        newest = self.readings[-1].day
        window = [n for n, one in enumerate(self.readings) if one.day > newest - WINDOW_DAYS][-hot_issues.AT_ONCE :]
        labels = hot_issues.linked(similar.matrix(self.weights, [self.readings[n] for n in window]))
        names = hot_issues.named_as_before([int(one) for one in labels], [self.issue[n] for n in window])
        fresh: dict[int, int] = {}
        for n, one in zip(window, labels, strict=True):
            goal = names.get(int(one))
            if goal is None:
                goal = fresh.setdefault(int(one), len(self.readings) + n)
            if goal != self.issue[n]:
                self.members[self.issue[n]].remove(n)
                self.members[goal].append(n)
                self.moved += 1
            else:
                self.stayed += 1
            self.issue[n] = goal
        for held in self.members.values():
            held.sort()


def day_by_day(readings: Sequence[Reading], truth: Truth, whole: Labels) -> None:
    """The messages in order, linked anew once a week."""
    home, last = Home(), readings[0].day
    began = time.process_time()
    spent = []
    for reading in readings:
        if reading.day - last >= LINKED_EVERY:
            home.night()
            last = reading.day
        start = time.process_time()
        home.take(reading)
        spent.append(time.process_time() - start)
    home.night()
    labels = np.unique(home.issue, return_inverse=True)[1]
    f1, cubed = Scores(labels, truth).of(list(truth))
    sets: dict[int, list[int]] = defaultdict(list)
    for n, label in enumerate(whole):
        sets[int(label)].append(n)
    same = Scores(labels, {str(key): held for key, held in sets.items() if len(held) > 1})
    _best, near = same.of(list(same.best))
    kept = home.stayed / (home.stayed + home.moved)
    half, most = (float(np.percentile(spent, share)) * 1000 for share in (50, 95))
    print(
        f"\nDay by day, linked anew every {LINKED_EVERY} days over {WINDOW_DAYS}: mean best F1 {f1:.3f}, B-cubed F"
        f" {cubed:.3f}; against all at once B-cubed F {near:.3f}. At a linking {kept:.4f} of the window's messages keep"
        f" their issue. A message is joined in {half:.1f} ms (95 %: {most:.1f}); all in"
        f" {time.process_time() - began:.0f} s."
    )


def main() -> None:
    """Print the figures as tables."""
    named = os.environ.get("HUIYIN_DATA", "")
    if not named or not Path(named).is_dir():
        sys.exit("HUIYIN_DATA names no folder: the public messages aren't part of the repository.")
    said, _people, truth = messages(Path(named))
    readings = [similar.read(one) for one in said]
    rows = similar.matrix(similar.learn(readings), readings)
    print(f"{len(said):,} messages, {len(truth)} issues of {sum(map(len, truth.values()))} messages.\n")
    print("| method | best F1, other six (95 %) | B-cubed F, other six (95 %) | best threshold for all twelve | s |")
    print("| --- " * 5 + "|", flush=True)
    found, seconds = timed(
        lambda limit: hot_issues.linked(rows, limit), [round(0.08 + 0.01 * n, 2) for n in range(15)]
    )  # fmt: skip
    line("here", found, truth, seconds)
    beside(said, truth)
    fixed = Scores(found[hot_issues.THRESHOLD], truth)
    f1, cubed = fixed.of(list(truth))
    print(f"\nAt the threshold in use, {hot_issues.THRESHOLD}: mean best F1 {f1:.3f}, B-cubed F {cubed:.3f}.")
    print("; ".join(f"{name} {best:.2f}" for name, best in fixed.best.items()))
    day_by_day(readings, truth, found[hot_issues.THRESHOLD])


if __name__ == "__main__":
    main()
