"""Choose the rows whose labels say most: they hold kinds of cells that no labelled row holds, suspicious ones before others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from cleaning.cell_errors.evidence import Evidence
from cleaning.cell_errors.table import Floats, Places

_SUSPICION = 0.3  # weight of suspicion beside spread; measured once on hospital, and not tuned for a table
_NOISE = 0.3  # deviations of the scores by which draws differ
_SAME_THING = 2.0  # deviations that a row of a labelled thing is put back: its label says what is known


def choose_rows(evidence: Evidence, groups: Places, labelled: Sequence[int], seed: int) -> Iterator[int]:
    """Yield rows to label, the most useful first, as if each were labelled as soon as it is yielded.

    Args:
        evidence: Evidence on the rows.
        groups: Group of each cell within its column (rows x columns).
        labelled: Rows with labels.
        seed: Seed of the draws.
    """
    noise, chosen = np.random.default_rng(seed), list(labelled)
    weights = cell_weights(evidence, groups)
    covered: list[set[int]] = [set(groups[chosen, place].tolist()) for place in range(groups.shape[1])]
    things = None if evidence.reports is None else evidence.table.columns[evidence.reports.thing]
    while len(chosen) < len(groups):
        scores = worth(weights, groups, covered)
        spread = float(scores.std())
        scores += noise.random(len(scores)) * _NOISE * spread
        if things is not None:
            labelled_things = {things[row] for row in chosen}
            scores -= _SAME_THING * spread * np.array([thing in labelled_things for thing in things])
        scores[chosen] = -np.inf
        row = int(np.argmax(scores))
        yield row
        chosen.append(row)
        for place, labelled_groups in enumerate(covered):
            labelled_groups.add(int(groups[row, place]))


def cell_weights(evidence: Evidence, groups: Places) -> Floats:
    """Return how much the label of each cell says: the logarithm of its group's rows, more where it is suspicious (rows x columns)."""
    weights = np.zeros(groups.shape)
    for place in range(groups.shape[1]):
        sizes = np.bincount(groups[:, place])
        if len(sizes) > 1:
            weights[:, place] = np.log1p(sizes)[groups[:, place]] * (1 - _SUSPICION + _SUSPICION * evidence.suspicion[:, place])
    return weights


def worth(weights: Floats, groups: Places, covered: Sequence[Collection[int]]) -> Floats:
    """Return the weight of the cells of each row whose group has no label yet."""
    scores = np.zeros(len(groups))
    for place, done in enumerate(covered):
        scores += weights[:, place] * ~np.isin(groups[:, place], list(done))
    return scores
