"""Choose the value of each wrong cell among the candidates, by how often its generator was right on the labels of the column."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cleaning.cell_errors.candidates import PRIORS, Corrections, propose
from cleaning.cell_errors.evidence import Evidence, Reference
from cleaning.cell_errors.labels import LabelledRow

_LEAST = 0.25  # reliability below which no candidate is better than one
_MOST = 0.99  # reliability of a generator at most
_VALUES = 200  # values of a column that the texts of a program are compared with
_GENERAL_WEIGHT, _PRIOR_WEIGHT = 1.5, 2.0  # labels of the column, and of all columns, that the more general estimate weighs as much as


@dataclass(frozen=True, slots=True)
class Candidate:
    """Propose a value for a cell.

    Attributes:
        row: Place of the row.
        column: Place of the column.
        value: The value.
        generator: Name of what proposed it.
        reliability: How often its generator is right where the cell is wrong (0 to 1).
        confidence: The same, less where other candidates are reliable too: at most one of them is right.
    """

    row: int
    column: int
    value: str
    generator: str
    reliability: float
    confidence: float


@dataclass(frozen=True, eq=False)
class Repairer:
    """Propose values for wrong cells.

    Attributes:
        reference: What is usual.
        corrections: What the corrections of each column teach.
        own: Right and judged proposals by column and generator.
        general: The same over all columns.
    """

    reference: Reference
    corrections: Sequence[Corrections]
    own: Mapping[tuple[int, str], tuple[int, int]]
    general: Mapping[str, tuple[int, int]]

    @classmethod
    def fit(cls, reference: Reference, evidence: Mapping[int, Evidence], labels: Sequence[LabelledRow]) -> Repairer:
        """Learn from labelled rows which generators are right in which column.

        Args:
            reference: What is usual.
            evidence: Evidence on the reference that does not believe the label of a row, by row: a label must not judge itself.
            labels: Labelled rows.
        """
        table = reference.table
        wrong = [[label for label in labels if label.right[place] != table.cell(label.row, place)] for place in range(table.width)]
        pairs = [[(table.cell(label.row, place), label.right[place]) for label in column] for place, column in enumerate(wrong)]
        corrections = [Corrections.of(texts, list(counts)[:_VALUES]) for texts, counts in zip(pairs, table.counts, strict=True)]
        right, judged = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
        for place, column in enumerate(wrong):
            for label in column:
                others = corrections[place].without(table.cell(label.row, place), label.right[place])
                for name, value in propose(reference, evidence[label.row], label.row, place, others).items():
                    judged[place, name] += 1
                    right[place, name] += value == label.right[place]
        return cls(reference, corrections, {key: (right[key], count) for key, count in judged.items()}, _over_columns(right, judged))

    def candidates(self, evidence: Evidence, row: int, place: int) -> list[Candidate]:
        """Return the candidates for a cell, the most reliable first; one for each value."""
        by_value: dict[str, Candidate] = {}
        for name, value in propose(self.reference, evidence, row, place, self.corrections[place]).items():
            candidate = Candidate(row, place, value, name, reliability := self.reliability(place, name), reliability)
            if value not in by_value or candidate.reliability > by_value[value].reliability:
                by_value[value] = candidate
        odds = sum(_odds(candidate.reliability) for candidate in by_value.values())
        compared = [replace(candidate, confidence=_odds(candidate.reliability) / (1 + odds)) for candidate in by_value.values()]
        return sorted(compared, key=lambda candidate: -candidate.reliability)

    def best(self, evidence: Evidence, cells: Iterable[tuple[int, int]]) -> list[Candidate]:
        """Return the best candidate of each wrong cell (row, column) that has a reliable one."""
        ranked = (self.candidates(evidence, row, place)[:1] for row, place in cells)
        return [candidate for best in ranked for candidate in best if candidate.reliability > _LEAST]

    def reliability(self, place: int, name: str) -> float:
        """Return how probably a generator is right in a column: its labels there, else those of all columns, else its prior."""
        kind = name.partition(" ")[0]
        hits, count = self.general.get(name, (0, 0))
        general = (hits + _PRIOR_WEIGHT * PRIORS[kind]) / (count + _PRIOR_WEIGHT)
        own_hits, own_count = self.own.get((place, name), (0, 0))
        return (own_hits + _GENERAL_WEIGHT * general) / (own_count + _GENERAL_WEIGHT)


def _odds(reliability: float) -> float:
    """Return the odds that a candidate is right, were there no other."""
    sure = min(reliability, _MOST)
    return sure / (1 - sure)


def _over_columns(right: Mapping[tuple[int, str], int], judged: Mapping[tuple[int, str], int]) -> dict[str, tuple[int, int]]:
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (place, name), count in judged.items():
        hits, total = totals[name]
        totals[name] = (hits + right[place, name], total + count)
    return dict(totals)
