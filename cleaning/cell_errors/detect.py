"""Learn from labelled rows which cells are wrong: one model over all columns, and one a column where its labels show both kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.evidence import FEATURES, Evidence
from cleaning.cell_errors.labels import LabelledRow, wrong_cells
from cleaning.cell_errors.patterns import ColumnPatterns, groups_of, patterns_of
from cleaning.cell_errors.shapes import runs_of
from cleaning.cell_errors.sign_reliability import SignReliability
from cleaning.cell_errors.signs import SIGNS
from cleaning.cell_errors.table import Floats, Masks, Places, is_missing

_TREES, _COLUMN_TREES = 200, 100
_SPREAD_WEIGHT = 0.3  # of a cell in the group of a labelled one, beside the labelled one
_ALL_WRONG, _NONE_WRONG = 0.9, 0.9  # what a column whose labels are all wrong says of its cells; factor of the general model where none is
_SOURCES = 0.8  # weight of what sources say, in columns that they state
_FREQUENT_ROWS, _FREQUENT_SHARE, _FREQUENT_FACTOR = 5, 0.02, 0.4  # from which a value is frequent, and how much less probably it is wrong
_FEW_VALUES = 0.05  # distinct values a row, below which a column holds few values


@dataclass(frozen=True, eq=False)
class Forest:
    """Represent a fitted classifier of cells; None where its labels were all of one kind.

    Attributes:
        model: Extremely randomised trees.
    """

    model: object

    @classmethod
    def fit(cls, cells: Floats, wrong: Masks, *, trees: int, leaf: int, seed: int, weights: Floats | None = None) -> Forest:
        """Fit trees on cells (cells x features)."""
        from sklearn.ensemble import ExtraTreesClassifier  # an extra, and slow to import

        balance = "balanced_subsample" if weights is None else "balanced"
        model = ExtraTreesClassifier(trees, min_samples_leaf=leaf, class_weight=balance, random_state=seed, n_jobs=1)
        return cls(model.fit(cells, wrong, sample_weight=weights))

    def probabilities(self, cells: Floats) -> Floats:
        """Return the probability that each cell is wrong."""
        rows = np.ascontiguousarray(cells, dtype=np.float32)
        shares = [tree.tree_.predict(rows)[:, 1] for tree in self.model.estimators_]  # type: ignore[attr-defined]  # a forest; its own loop takes 1 ms a tree
        return np.asarray(np.mean(shares, axis=0), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class ColumnModel:
    """Hold what the labels of one column say.

    Attributes:
        forest: A model of its own; None where its labels are all of one kind.
        all_wrong: Whether every labelled cell is wrong.
        share: Weight of its own model beside the one of all columns.
        right_values: Frequent values that no label calls wrong.
    """

    forest: Forest | None
    all_wrong: bool
    share: float
    right_values: frozenset[str]


@dataclass(frozen=True, eq=False)
class Detector:
    """Tell how probably each cell is wrong.

    Attributes:
        patterns: Patterns of each column.
        general: Model over all columns; None where no label, or every one, is wrong.
        columns: Models of the columns.
        reliability: How often signs are right.
    """

    patterns: Sequence[ColumnPatterns]
    general: Forest | None
    columns: Sequence[ColumnModel]
    reliability: SignReliability

    @classmethod
    def fit(cls, evidence: Evidence, labels: Sequence[LabelledRow], seed: int) -> Detector:
        """Learn from labelled rows.

        Args:
            evidence: Evidence on the reference, with what is believed once the labels are known.
            labels: Labelled rows of it, at least one.
            seed: Seed of the trees.
        """
        patterns, wrong = patterns_of(evidence.table), wrong_cells(evidence.table, labels)
        groups, cells, rows = groups_of(evidence, patterns), features_of(evidence), [label.row for label in labels]
        general = None
        if wrong.any() and not wrong.all():
            general = Forest.fit(cells[rows].reshape(-1, cells.shape[2]), wrong.ravel(), trees=_TREES, leaf=2, seed=seed)
        columns = [_fit_column(evidence, place, cells, groups, pattern, rows, wrong[:, place], seed) for place, pattern in enumerate(patterns)]
        return cls(patterns, general, columns, SignReliability.fit(evidence.signs[rows], wrong))

    def probabilities(self, evidence: Evidence) -> Floats:
        """Return how probably each cell is wrong (rows x columns)."""
        cells = features_of(evidence)
        height, width, _ = cells.shape
        general = np.zeros((height, width))
        if self.general is not None:
            general = self.general.probabilities(cells.reshape(height * width, -1)).reshape(height, width)
        results = [self._of_column(evidence, place, cells, general[:, place]) for place in range(width)]
        learned = np.stack(results, 1) if results else general
        by_sign, weight = self.reliability.probabilities(evidence.signs)
        return np.where(by_sign > learned, weight * by_sign + (1 - weight) * learned, learned)

    def _of_column(self, evidence: Evidence, place: int, cells: Floats, general: Floats) -> Floats:
        model, values = self.columns[place], evidence.table.columns[place]
        if model.all_wrong:
            probability = np.full(len(values), _ALL_WRONG)
        elif model.forest is None:
            damaged = evidence.signs[:, place, SIGNS.index("encoding")]
            probability = np.maximum(_NONE_WRONG * general, _NONE_WRONG * damaged)
        else:
            own = model.forest.probabilities(np.concatenate([cells[:, place], self.patterns[place].features(values)], 1))
            probability = model.share * own + (1 - model.share) * general
        if evidence.reports is not None and place in evidence.truths:
            doubt, missing = cells[:, place, FEATURES.index("source_doubt")], evidence.table.missing[:, place]
            probability = np.where(missing, probability, (1 - _SOURCES) * probability + _SOURCES * doubt)
        if model.forest is not None:
            probability = probability * np.where([value in model.right_values for value in values], _FREQUENT_FACTOR, 1.0)
        return probability


def features_of(evidence: Evidence) -> Floats:
    """Return the features and signs of each cell (rows x columns x features)."""
    return np.concatenate([evidence.cells, evidence.signs], 2)


def _fit_column(
    evidence: Evidence, place: int, cells: Floats, groups: Places, pattern: ColumnPatterns, rows: Sequence[int], wrong: Masks, seed: int
) -> ColumnModel:
    if wrong.all() or not wrong.any():
        return ColumnModel(None, bool(wrong.all()), 0.0, frozenset())
    answers = _spread_labels(groups[:, place], rows, wrong)
    used = np.flatnonzero(answers >= 0)
    described = np.concatenate([cells[:, place], pattern.features(evidence.table.columns[place])], 1)
    weights = np.where(np.isin(used, rows), 1.0, _SPREAD_WEIGHT)
    forest = Forest.fit(described[used], answers[used] > 0, trees=_COLUMN_TREES, leaf=1, seed=seed, weights=weights)
    fewer = int(min(wrong.sum(), (~wrong).sum()))
    return ColumnModel(forest, all_wrong=False, share=min(0.8, 0.35 + 0.15 * fewer), right_values=_right_values(evidence, place, rows, wrong))


def _spread_labels(groups: Places, rows: Sequence[int], wrong: Masks) -> Places:
    """Return 1 for cells that are wrong, 0 for right ones and -1 for the others: groups take over what all their labels say."""
    answers = np.full(len(groups), -1, dtype=np.int64)
    for group in set(groups[list(rows)].tolist()):
        own = wrong[groups[list(rows)] == group]
        if own.all() or not own.any():
            answers[groups == group] = int(own[0])
    answers[list(rows)] = wrong
    return answers


def _right_values(evidence: Evidence, place: int, rows: Sequence[int], wrong: Masks) -> frozenset[str]:
    """Return the frequent values that no label calls wrong, unless they look like a wrong one, and in a column of few values like no right one."""
    counts: Counter[str] = evidence.table.counts[place]
    bad = {evidence.table.cell(row, place) for row, is_wrong in zip(rows, wrong, strict=True) if is_wrong}
    shapes = {runs_of(value) for value in bad}
    right_shapes = {runs_of(evidence.table.cell(row, place)) for row, is_wrong in zip(rows, wrong, strict=True) if not is_wrong}
    holds_few = len(counts) < _FEW_VALUES * evidence.table.height
    least = max(_FREQUENT_ROWS, _FREQUENT_SHARE * evidence.table.height)
    frequent = {value for value, count in counts.items() if count >= least and value not in bad and not is_missing(value)}
    return frozenset(value for value in frequent if runs_of(value) not in shapes or (holds_few and runs_of(value) in right_shapes))
