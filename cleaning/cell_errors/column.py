"""Describe each value of a column by how usual it is there: its rows, form, characters, length, number and neighbours."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.neighbours import Neighbour, Neighbours
from cleaning.cell_errors.shapes import classes_of, runs_of, shape_of
from cleaning.cell_errors.spelling import Spelling
from cleaning.cell_errors.table import Floats, is_missing

FEATURES = (
    "share",
    "log_count",
    "distinct_share",
    "empty",
    "marker",
    "empty_share",
    "missing_rarity",
    "shape_rarity",
    "run_rarity",
    "class_rarity",
    "character_rarity",
    "least_likely",
    "mean_unlikelihood",
    "unlikely_characters",
    "length_distance",
    "likeness",
    "number_distance",
    "not_a_number",
    "number_share",
)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_UNLIKELY = -6.0  # log-probability below which a character is unlikely
_FARTHEST = 50.0  # interquartile ranges


@dataclass(frozen=True, eq=False)
class ColumnProfile:
    """Hold what is usual in a column.

    Attributes:
        counts: Rows of each value.
        rows: Number of rows.
        stated: Number of rows that are not missing, at least 1.
        missing: Number of rows that are.
        forms: Rows of each shape, run-length shape and set of classes.
        characters: Rows that hold each character.
        spelling: Likelihood of characters.
        neighbours: Near-duplicates.
        length: Median length and its mean distance.
        number: Quartiles of the numbers; None without numbers.
        number_share: Share of the stated rows that are numbers.
    """

    counts: Mapping[str, int]
    rows: int
    stated: int
    missing: int
    forms: Sequence[Mapping[str, int]]
    characters: Mapping[str, int]
    spelling: Spelling
    neighbours: Neighbours
    length: tuple[float, float]
    number: tuple[float, float] | None
    number_share: float

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> ColumnProfile:
        """Learn what is usual from the values of a column and their rows."""
        stated = {value: count for value, count in counts.items() if not is_missing(value)}
        total = max(1, sum(stated.values()))
        numbers = {value: count for value, count in stated.items() if _NUMBER.fullmatch(value)}
        return cls(
            counts,
            sum(counts.values()),
            total,
            sum(counts.values()) - sum(stated.values()),
            [_total(stated, form) for form in (shape_of, runs_of, classes_of)],
            _characters(stated),
            Spelling.of(stated),
            Neighbours(stated),
            _spread([len(value) for value in stated], list(stated.values())),
            _quartiles([float(value) for value in numbers], list(numbers.values())) if numbers else None,
            sum(numbers.values()) / total,
        )

    def features(self, value: str, *, new: bool) -> list[float]:
        """Return the features of a value, in the order of `FEATURES`.

        Args:
            value: The value.
            new: Whether its row is none of those that were learned.
        """
        learned = self.counts.get(value, 0)
        count = learned + new
        empty_share = self.missing / max(1, self.rows)
        common = [count / max(1, self.rows), math.log(max(1, count)), len(self.counts) / max(1, self.rows)]
        if is_missing(value):
            return [*common, float(value == ""), float(value != ""), empty_share, -math.log(empty_share + 1e-3), *[0.0] * 11, self.number_share]
        likelihoods = self.spelling.likelihoods(value, learned)
        near = self.neighbours.nearest(value, count)
        return [
            *common,
            0.0,
            0.0,
            empty_share,
            0.0,
            *self._rarities(value),
            -min(likelihoods),
            -sum(likelihoods) / len(likelihoods),
            min(20, len(likelihoods)) * sum(likelihood < _UNLIKELY for likelihood in likelihoods) / len(likelihoods),
            abs(len(value) - self.length[0]) / self.length[1],
            near.likeness if near else 0.0,
            self._number_distance(value),
            float(self.number_share > 0.5 and not _NUMBER.fullmatch(value)),
            self.number_share,
        ]

    def neighbour(self, value: str) -> Neighbour | None:
        """Return the value that a value is most like, among more frequent ones."""
        return None if is_missing(value) else self.neighbours.nearest(value, self.counts.get(value, 1))

    def _rarities(self, value: str) -> list[float]:
        names = (shape_of(value), runs_of(value), classes_of(value))
        rarest = min(self.characters.get(letter, 0) for letter in value)
        return [-math.log(max(1, count) / self.stated) for count in (*(forms.get(name, 0) for forms, name in zip(self.forms, names, strict=True)), rarest)]

    def _number_distance(self, value: str) -> float:
        if self.number is None or not _NUMBER.fullmatch(value):
            return 0.0
        return min(_FARTHEST, abs(float(value) - self.number[0]) / self.number[1])


def _total(counts: Mapping[str, int], form: Callable[[str], str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for value, count in counts.items():
        total[form(value)] += count
    return total


def _characters(counts: Mapping[str, int]) -> Counter[str]:
    total: Counter[str] = Counter()
    for value, count in counts.items():
        for letter in set(value):
            total[letter] += count
    return total


def _repeated(values: Sequence[float], counts: Sequence[int]) -> Floats:
    return np.repeat(np.array(values, dtype=np.float64), counts)


def _spread(values: Sequence[float], counts: Sequence[int]) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    repeated = _repeated(values, counts)
    middle = float(np.median(repeated))
    return middle, float(np.median(np.abs(repeated - middle))) + 1.0


def _quartiles(values: Sequence[float], counts: Sequence[int]) -> tuple[float, float]:
    low, middle, high = np.percentile(_repeated(values, counts), [25, 50, 75])
    return float(middle), float(high - low) + 1e-9
