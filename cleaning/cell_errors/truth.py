"""Find out which of several sources is right (truth discovery), from who agrees with whom and from labels.

The independent case of ACCU (Dong, Berti-Equille and Srivastava: Integrating conflicting data, VLDB 2009), one accuracy a source and column. A claim that
holds another one supports it, as similar values do there. Labelled things are known, and set where the accuracies start: five sources that agree with each
other may all be wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.claims import Claims, Reports, claims_of
from cleaning.cell_errors.table import Floats, Table

_FALSE_VALUES = 10  # wrong values that a source chooses among
_ITERATIONS = 12
_START, _PRIOR = 0.7, 0.6  # accuracy of a source before the first round, and of one without claims
_LEAST, _MOST, _MOST_LABELLED = 0.05, 0.99, 0.97
_START_WEIGHT = 10.0  # labelled claims that the start weighs as much as
_SAID_WITHIN = 0.5  # share of the votes for a longer text that count for one within it: `6:55 a.m. Dec 02` says `6:55 a.m.` too
_SOME_LABELS, _GUESSED_WEIGHT, _LABEL_WEIGHT = 3, 0.5, 4.0  # labelled things from which unlabelled ones count less
_SURE = 0.999

Beliefs = dict[str, dict[str, float]]  # probability of each value, by thing


@dataclass(frozen=True, eq=False)
class Truth:
    """Hold what is believed of the things in one column.

    Attributes:
        beliefs: Probability of each stated value, by thing.
        winners: Most probable value, by thing.
        accuracy: Accuracy by source (0 to 1).
    """

    beliefs: Beliefs
    winners: Mapping[str, str]
    accuracy: Mapping[str, float]


def discover_truth(table: Table, reports: Reports, right_values: Mapping[int, Mapping[str, str]]) -> dict[int, Truth]:
    """Return what is believed in each column that sources state.

    Args:
        table: The rows.
        reports: Columns of things, sources and statements.
        right_values: Right values of labelled things, by column.
    """
    return {column: _solve(claims_of(table, reports.thing, reports.source, column), right_values.get(column, {})) for column in reports.stated}


def features(table: Table, reports: Reports | None, truths: Mapping[int, Truth]) -> Floats:
    """Return for each cell its probability of being wrong, whether sources state its column, and the accuracy of its source (rows x columns x 3)."""
    cells = np.zeros((table.height, table.width, 3))
    cells[:, :, 0] = cells[:, :, 2] = 0.5
    if reports is None:
        return cells
    things, sources = table.columns[reports.thing], table.columns[reports.source]
    for column, truth in truths.items():
        values = table.columns[column]
        cells[:, column, 0] = [1 - truth.beliefs[thing].get(value, 0.0) if thing in truth.beliefs else 0.5 for thing, value in zip(things, values, strict=True)]
        cells[:, column, 1] = 1.0
        cells[:, column, 2] = [truth.accuracy.get(source, _PRIOR) for source in sources]
    return cells


def _solve(claims: Claims, right_values: Mapping[str, str]) -> Truth:
    accuracy = _accuracies_at_start(claims, right_values)
    beliefs: Beliefs = {}
    for _ in range(_ITERATIONS):
        beliefs = {thing: _believe(values, accuracy, right_values.get(thing)) for thing, values in claims.items()}
        accuracy = _accuracies(claims, beliefs, right_values)
    winners = {thing: max(belief, key=lambda value: belief[value]) for thing, belief in beliefs.items()}
    for thing, value in right_values.items():
        beliefs[thing] = {value: 1.0}
    return Truth(beliefs, {**winners, **right_values}, accuracy)


def _accuracies_at_start(claims: Claims, right_values: Mapping[str, str]) -> Mapping[str, float]:
    right: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    for thing, value in right_values.items():
        for stated, sources in claims.get(thing, {}).items():
            for source in sources:
                total[source] += 1
                right[source] += stated == value
    mean = (sum(right.values()) + _START_WEIGHT * _START) / (sum(total.values()) + _START_WEIGHT)
    return defaultdict(lambda: mean, {source: _clipped((right[source] + 2 * mean) / (count + 2), _MOST_LABELLED) for source, count in total.items()})


def _believe(values: Mapping[str, Sequence[str]], accuracy: Mapping[str, float], right_values: str | None) -> dict[str, float]:
    if right_values is not None:
        return {value: _SURE if value == right_values else (1 - _SURE) / max(1, len(values)) for value in values}
    votes = np.array([sum(np.log(_FALSE_VALUES * accuracy[source] / (1 - accuracy[source])) for source in sources) for sources in values.values()])
    votes += _SAID_WITHIN * np.array([sum(max(0.0, float(votes[place])) for place, longer in enumerate(values) if _says(longer, value)) for value in values])
    weights = np.exp(votes - votes.max())
    return dict(zip(values, (weights / weights.sum()).tolist(), strict=True))


def _says(longer: str, value: str) -> bool:
    """Return True where a text holds another, and more words."""
    return len(longer) > len(value) and f" {value} " in f" {longer} "


def _accuracies(claims: Claims, beliefs: Beliefs, right_values: Mapping[str, str]) -> Mapping[str, float]:
    right: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    guessed = _GUESSED_WEIGHT if len(right_values) >= _SOME_LABELS else 1.0
    for thing, values in claims.items():
        weight = _LABEL_WEIGHT if thing in right_values else guessed
        for value, sources in values.items():
            for source in sources:
                right[source] += weight * beliefs[thing][value]
                total[source] += weight
    return defaultdict(lambda: _PRIOR, {source: _clipped((right[source] + _PRIOR) / (count + 1), _MOST) for source, count in total.items()})


def _clipped(share: float, most: float) -> float:
    return min(most, max(_LEAST, share))
