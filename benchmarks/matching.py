"""Find products that are listed twice: two public pairs of catalogs with their official splits of labelled pairs.

Abt-Buy and Amazon-Google of DeepMatcher (SIGMOD 2018) are not part of this repository; another folder of them is named with SLUICE_MATCHING. F1 over the
official test pairs, of which no model and no threshold sees a label. *Training set*: learned from the official training pairs, the threshold from these
by cross-validation. *Pairs alone*: the same without the features that compare a pair with the other candidates of its products, as most published methods
judge a pair; the others know that a product has few twins. *200 labels*: chosen actively among the training pairs. *No labels*: the threshold at which two
views of the products agree most; always the same. *Sure*: precision of the test pairs with a probability of 0.95 or more. *Groups*: B-cubed F1 of the groups
of all products after 200 labels; true pairs are those of the benchmark, so that others count as wrong even where they are one product.

Both tables had been looked at while the method was made, features and models too; no number in it was chosen by table, and no set was held out. The rules
without labels were compared on all pairs of both tables, test pairs among them, so that the figures without labels are optimistic. Published: Ditto (VLDB
2020), a fine-tuned language model.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.figures import Figure, main
from cleaning.same_product.agreement import agreement
from cleaning.same_product.asking import choose_pairs
from cleaning.same_product.blocking import candidate_pairs
from cleaning.same_product.groups import groups_of
from cleaning.same_product.learned import best_threshold, held_out, probabilities
from cleaning.same_product.pairs import COLLECTIVE, Pairs, pairs_of
from cleaning.same_product.records import Masks, Places, Records
from cleaning.same_product.vectors import vectors_of

FOLDER = Path(os.environ.get("SLUICE_MATCHING", Path(__file__).parents[2] / "shared/data/matching"))
DITTO: Mapping[str, float] = {"abt_buy": 0.893, "amazon_google": 0.756}
SPLITS = ("train", "valid", "test")
BUDGET = 200  # labels
ROUND = 20  # labels before the model learns anew, as on the dashboard
SURE = 0.95
ALONE_SEEDS = 3
_FIELD = re.compile(r"COL (.*?) VAL (.*?)(?= COL |$)")


class Labelled(NamedTuple):
    """Hold the pairs of two catalogs, and the places and truth of the labelled ones by split."""

    pairs: Pairs
    blocked: int
    splits: Mapping[str, tuple[Places, Masks]]
    blocking: float


class Scores(NamedTuple):
    """Hold what one seed gives."""

    full: float
    chosen: float
    sure: float
    groups: float


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every pair of catalogs that is there."""
    names = [name for name in DITTO if (FOLDER / name / "test.txt").exists()]
    if not names:
        raise SystemExit(f"no pairs of catalogs lie in {FOLDER}; name a folder of them with SLUICE_MATCHING")
    return [figure for name in (names[:1] if options.quick else names) for figure in _figures(name, options.seeds)]


def _figures(name: str, seeds: int) -> Iterator[Figure]:
    labelled = load(name)
    test, truth = labelled.splits["test"]
    unlabelled = agreement(labelled.pairs)
    runs = [scores(labelled, seed) for seed in range(seeds)]
    yield Figure(f"{name}, blocking: recall", labelled.blocking, "of true pairs")
    yield Figure(f"{name}, blocking: candidates a record", 2 * labelled.blocked / len(labelled.pairs.records.ids), "pairs")
    yield Figure.over(f"{name}: training set", [run.full for run in runs], "F1")
    yield Figure.over(f"{name}: pairs alone", [alone(labelled, seed) for seed in range(min(seeds, ALONE_SEEDS))], "F1")
    yield Figure.over(f"{name}: {BUDGET} labels", [run.chosen for run in runs], "F1")
    yield Figure(f"{name}: no labels", f1(unlabelled.scores[test] >= unlabelled.threshold, truth), "F1")
    yield Figure.over(f"{name}: sure", [run.sure for run in runs], "precision")
    yield Figure.over(f"{name}: groups", [run.groups for run in runs], "B-cubed F1", f"Ditto (published), training set: {DITTO[name]}")


def scores(labelled: Labelled, seed: int) -> Scores:
    """Learn from the training set, and from few labels, and score the test pairs."""
    pairs, (test, truth) = labelled.pairs, labelled.splits["test"]
    train, same = labelled.splits["train"]
    full = probabilities(pairs.features, train, same, test, seed)
    threshold = best_threshold(held_out(pairs.features, train, same, seed), same)
    chosen, labels = choose_labels(labelled, seed)
    guesses = probabilities(pairs.features, chosen, labels, seed=seed)
    threshold_few = best_threshold(held_out(pairs.features, chosen, labels, seed), labels)
    groups = groups_of(pairs.places, guesses, threshold_few, pairs.records.sources)
    return Scores(
        f1(full >= threshold, truth),
        f1(guesses[test] >= threshold_few, truth),
        float(truth[full >= SURE].mean()),
        b_cubed(groups, _true_groups(labelled)),
    )


def alone(labelled: Labelled, seed: int) -> float:
    """Score the test pairs by what the training set teaches of each pair alone."""
    pairs, (train, same), (test, truth) = labelled.pairs, labelled.splits["train"], labelled.splits["test"]
    own = np.column_stack([pairs.features[:, : -(1 + COLLECTIVE) * len(pairs.cosines)], *pairs.cosines.values()])
    threshold = best_threshold(held_out(own, train, same, seed), same)
    return f1(probabilities(own, train, same, test, seed) >= threshold, truth)


def choose_labels(labelled: Labelled, seed: int) -> tuple[Places, Masks]:
    """Label training pairs as they are asked about; return their places and labels."""
    train, same = labelled.splits["train"]
    answers = dict(zip(train.tolist(), same.tolist(), strict=True))
    pool = np.zeros(len(labelled.pairs.places), dtype=bool)
    pool[train] = True
    unlabelled = agreement(labelled.pairs)
    labels: dict[int, bool] = {}
    while len(labels) < BUDGET:
        labels |= {place: answers[place] for place in choose_pairs(labelled.pairs, unlabelled, labels, min(ROUND, BUDGET - len(labels)), pool, seed)}
    return np.array(list(labels)), np.array(list(labels.values()), dtype=bool)


def f1(picks: Masks, same: Masks) -> float:
    """Return the harmonic mean of precision and recall over pairs."""
    return 2 * float((picks & same).sum()) / max(1, int(picks.sum()) + int(same.sum()))


def b_cubed(groups: Sequence[tuple[int, ...]], true_groups: Sequence[tuple[int, ...]]) -> float:
    """Return the B-cubed F1 (Bagga and Baldwin, 1998) of two divisions, over the products that are in a group of either."""
    ours = {place: set(group) for group in groups for place in group}
    theirs = {place: set(group) for group in true_groups for place in group}
    products = ours.keys() | theirs.keys()
    shares = [(len(one & other), len(one), len(other)) for one, other in ((ours.get(place, {place}), theirs.get(place, {place})) for place in products)]
    precision = sum(shared / one for shared, one, _ in shares) / len(shares)
    recall = sum(shared / other for shared, _, other in shares) / len(shares)
    return 2 * precision * recall / (precision + recall)


def load(name: str) -> Labelled:
    """Read two catalogs and their labelled pairs, and compare all candidates."""
    lines = {split: [line.split("\t") for line in (FOLDER / name / f"{split}.txt").read_text(encoding="utf-8").splitlines()] for split in SPLITS}
    texts = sorted({(side, line[side]) for split in SPLITS for line in lines[split] for side in (0, 1)})
    place = {text: number for number, text in enumerate(texts)}
    listed = {split: np.array([sorted((place[0, one], place[1, other])) for one, other, _ in lines[split]]) for split in SPLITS}
    same = {split: np.array([line[2].strip() == "1" for line in lines[split]]) for split in SPLITS}
    records = _records(texts)
    blocked = {tuple(pair) for pair in candidate_pairs(records, vectors_of(records)).tolist()}
    pairs = pairs_of(records, np.concatenate([*listed.values()]))
    row = {tuple(pair): number for number, pair in enumerate(pairs.places.tolist())}
    splits = {split: (np.array([row[tuple(pair)] for pair in listed[split].tolist()]), same[split]) for split in SPLITS}
    true = {tuple(pair) for split in SPLITS for pair in listed[split][same[split]].tolist()}
    return Labelled(pairs, len(blocked), splits, len(true & blocked) / len(true))


def _records(texts: Sequence[tuple[int, str]]) -> Records:
    cells = [{name.strip(): value.strip() for name, value in _FIELD.findall(text.strip())} for _, text in texts]
    title, *others = [name for name in cells[0] if name != "price"]
    fields = {name: [row.get(name, "").lower() for row in cells] for name in others}
    prices = np.array([_price(row.get("price", "")) for row in cells])
    return Records(
        [str(number) for number in range(len(cells))], [row[title].lower() for row in cells], fields, {"price": prices}, [str(side) for side, _ in texts]
    )


def _price(text: str) -> float:
    with suppress(ValueError):
        return float(re.sub(r"[^0-9.]", "", text))
    return float("nan")


def _true_groups(labelled: Labelled) -> list[tuple[int, ...]]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    true = labelled.pairs.places[np.concatenate([places[same] for places, same in labelled.splits.values()])]
    count = len(labelled.pairs.records.ids)
    component = connected_components(coo_matrix((np.ones(len(true)), (true[:, 0], true[:, 1])), (count, count)), directed=False)[1]
    members: dict[int, list[int]] = {}
    for place, group in enumerate(component.tolist()):
        members.setdefault(group, []).append(place)
    return [tuple(group) for group in members.values() if len(group) > 1]


if __name__ == "__main__":
    main(__doc__ or "", measure)
