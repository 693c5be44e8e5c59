"""Measure what routing learns from public messages, beside floors measured on the same splits.

    HUIYIN_DATA=/folder/of/messages make eval

Messages with seven labels on folds that no group of near-duplicates crosses; orders with their departments, learned
until 31 March 2018 and asked of later orders of groups never seen, by their words alone and with the category that an
operator had chosen. The floor is what a plain TF-IDF of one to three characters with a linear SVM reaches, computed
here as well. No text is printed.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from huiyin.kernel.csv_file import csv_rows
from huiyin.routing.measure import quality, recalls
from huiyin.routing.terms import Message
from huiyin.routing.train import Lesson, train

Row = dict[str, str]
UNTIL = "2018-03-31"
MANY = 20
HEAD = "| set | n | macro-F1 | accuracy | top 3 | ECE | coverage at 95 % | answered, right | train, s | µs | MiB |"


def table(folder: Path, file: str) -> list[Row]:
    """The rows of a file."""
    with csv_rows(folder / file) as rows:
        return list(rows)


def floor(known: Sequence[str], answers: Sequence[str], asked: Sequence[str], truth: Sequence[str]) -> str:
    """What the plain method reaches."""
    reader = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32)
    learner = LinearSVC().fit(reader.fit_transform(known), answers)
    scores = learner.decision_function(reader.transform(asked))
    order = np.argsort(-scores, axis=1)
    first = learner.classes_[order[:, 0]]
    among = np.mean([right in learner.classes_[row[:3]] for row, right in zip(order, truth, strict=True)])
    accuracy = float(np.mean(first == np.array(truth)))
    return f"{f1_score(truth, first, average='macro'):.4f} | {accuracy:.4f} | {among:.4f}"


def line(title: str, lesson: Lesson, messages: Sequence[Message], truth: Sequence[str]) -> list[str]:
    """Learn, ask, print; the first proposals."""
    began = time.process_time()
    model = train(lesson)
    learned = time.process_time() - began
    head = model.heads["label"]
    began = time.process_time()
    chances = head.chances(model.rows("label", messages))
    each = (time.process_time() - began) / len(messages) * 1e6
    q = quality(chances, head.labels, truth, model.threshold("label"))
    print(
        f"| {title} | {q.messages:,} | {q.macro_f1:.4f} | {q.accuracy:.4f} | {q.top3:.4f} | {q.ece:.4f}"
        f" | {q.coverage_at_95:.3f} | {q.answered:.3f}, {q.answered_right:.3f} | {learned:.1f} | {each:.0f}"
        f" | {model.size / 2**20:.1f} |",
        flush=True,
    )
    return [head.labels[place] for place in chances.argmax(axis=1)]


def mailbox(folder: Path) -> None:
    """Seven labels, five folds."""
    rows = table(folder, "teddy2020c/messages.csv")
    said = [(r["title"], r["detail"] or r["text_fallback_segmented"].replace(" ", "")) for r in rows]
    folds = [r["cv_fold"] for r in rows]
    guessed: dict[int, str] = {}
    for fold in sorted(set(folds)):
        known = [i for i, f in enumerate(folds) if f != fold]
        asked = [i for i, f in enumerate(folds) if f == fold]
        truth = [rows[i]["label"] for i in asked]
        below = floor(["。".join(said[i]) for i in known], [rows[i]["label"] for i in known],
                      ["。".join(said[i]) for i in asked], truth)  # fmt: skip
        print(f"| floor, fold {fold} | {len(asked):,} | {below} | | | | | | |", flush=True)
        lesson = Lesson(
            [said[i] for i in known], {"label": [rows[i]["label"] for i in known]}, [rows[i]["group"] for i in known]
        )
        first = line(f"seven labels, fold {fold}", lesson, [said[i] for i in asked], truth)
        guessed |= dict(zip(asked, first, strict=True))
    truth = [r["label"] for r in rows]
    first = [guessed[i] for i in range(len(rows))]
    whole = f1_score(truth, first, average="macro")
    print(f"\nAll folds together: macro-F1 {whole:.4f}, accuracy {np.mean(np.array(truth) == np.array(first)):.4f}\n")


def orders(folder: Path) -> None:
    """Departments of later orders."""
    rows = table(folder, "haikou12345/orders.csv")
    known = [r for r in rows if r["date"] <= UNTIL]
    groups = {r["group"] for r in known}
    asked = [r for r in rows if r["date"] > UNTIL and r["group"] not in groups]
    truth = [r["dept"] for r in asked]
    below = floor([r["content_nohint"] for r in known], [r["dept"] for r in known],
                  [r["content_nohint"] for r in asked], truth)  # fmt: skip
    print(f"{HEAD}\n{'| --- ' * 11}|\n| floor, words | {len(asked):,} | {below} | | | | | | |", flush=True)
    for title, columns in (
        ("words", ("content_nohint",)),
        ("words and category", ("content_nohint", "cat1", "cat2", "cat3", "cat4")),
    ):
        lesson = Lesson(
            [tuple(r[c] for c in columns) for r in known], {"label": [r["dept"] for r in known]},
            [r["group"] for r in known],
        )  # fmt: skip
        first = line(title, lesson, [tuple(r[c] for c in columns) for r in asked], truth)
    shares = [(one.label, one.due, one.found / one.due) for one in recalls(first, truth) if one.due >= MANY]
    print(f"\nRecall of the {len(shares)} departments with {MANY} orders or more, the last model:")
    print("; ".join(f"{label} {share:.2f} of {due}" for label, due, share in shares))
    together: dict[str, list[str]] = {}
    for row in rows:
        together.setdefault(row["group"], []).append(row["dept"])
    several = [Counter(units) for units in together.values() if len(units) > 1]
    pairs = sum(n * (n - 1) for count in several for n in [count.total()])
    same = sum(n * (n - 1) for count in several for n in count.values())
    print(f"\nTwo orders of one group went to the same department in {same / pairs:.3f} of all pairs.")


def main() -> None:
    """Print the figures as tables."""
    named = os.environ.get("HUIYIN_DATA", "")
    if not named or not Path(named).is_dir():
        sys.exit("HUIYIN_DATA names no folder: the public messages aren't part of the repository.")
    print(f"{HEAD}\n{'| --- ' * 11}|")
    mailbox(Path(named))
    orders(Path(named))


if __name__ == "__main__":
    main()
