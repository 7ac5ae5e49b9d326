"""Sort the cells of a column by what they look like, so that a label of one cell says something of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.evidence import FEATURES, Evidence
from cleaning.cell_errors.shapes import runs_of
from cleaning.cell_errors.table import Floats, Places, Table, is_missing

_SHAPES, _LONGEST = 12, 25  # most frequent shapes that are told apart, and characters of the longest
_CHARACTERS = 60  # characters whose presence is a feature
_CUTS: Mapping[str, Sequence[float]] = {
    "likeness": (0.3, 0.6),
    "violation": (0.2, 0.55),
    "support": (0.4,),
    "character_rarity": (3.0, 5.0),
    "determined_missing": (0.4,),
}


@dataclass(frozen=True, eq=False)
class ColumnPatterns:
    """Hold which shapes and characters of a column are told apart.

    Attributes:
        shapes: Its most frequent run-length shapes.
        characters: Characters that some values hold and others do not.
    """

    shapes: Sequence[str]
    characters: Sequence[str]

    @classmethod
    def of(cls, counts: Counter[str]) -> ColumnPatterns:
        """Choose them from the values of a column and their rows."""
        shapes: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        for value, count in counts.items():
            shapes[runs_of(value)] += count
            for letter in set(value):
                characters[letter] += count
        rows = counts.total()
        evenness = {letter: min(count, rows - count) for letter, count in characters.items() if count < rows}
        telling = sorted(evenness, key=lambda letter: (-evenness[letter], letter))
        return cls([shape for shape, _ in shapes.most_common(_SHAPES)], telling[:_CHARACTERS])

    def features(self, values: Sequence[str]) -> Floats:
        """Return which characters and shapes each value has (rows x features)."""
        width = len(self.characters) + len(self.shapes)
        described = {value: self._describe(value) for value in set(values)}
        return np.array([described[value] for value in values], dtype=np.float64).reshape(len(values), width)

    def _describe(self, value: str) -> list[float]:
        shape = runs_of(value)
        return [*(float(letter in value) for letter in self.characters), *(float(shape == other) for other in self.shapes)]


def patterns_of(table: Table) -> list[ColumnPatterns]:
    """Return the patterns of each column."""
    return [ColumnPatterns.of(counts) for counts in table.counts]


def groups_of(evidence: Evidence, patterns: Sequence[ColumnPatterns]) -> Places:
    """Return the number of the group of each cell within its column: equal shape, and equal evidence in coarse steps (rows x columns)."""
    groups = np.zeros((evidence.table.height, evidence.table.width), dtype=np.int64)
    for place, pattern in enumerate(patterns):
        steps = [np.digitize(evidence.cells[:, place, FEATURES.index(name)], cuts) for name, cuts in _CUTS.items()]
        shapes = [_shape(value, pattern) for value in evidence.table.columns[place]]
        numbers: dict[object, int] = {}
        groups[:, place] = [numbers.setdefault(key, len(numbers)) for key in zip(shapes, *(step.tolist() for step in steps), strict=True)]
    return groups


def _shape(value: str, pattern: ColumnPatterns) -> tuple[str, bool]:
    shape = runs_of(value)
    return (shape if len(shape) < _LONGEST and shape in pattern.shapes else "", is_missing(value))
