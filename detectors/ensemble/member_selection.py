"""Select the members of an ensemble that help, by how well they detect errors injected into history.

What is planted is not what will come. So the distances, which assume least, are left only for a clear gain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.learning.error_injection import add_noise, swap_half_cells, swap_one_cell
from sluice.rules.ranking import roc_auc

HELPS = 0.02  # how much more of the planted rows must be found (area under the curve) for a member to join
ALONE = 0.1  # how much more the network must find by itself to be left alone

Weights = Mapping[str, float]
Plant = Callable[[pl.DataFrame, Sequence[str], np.random.Generator], pl.DataFrame]


def select_members(
    scored: Callable[[pl.DataFrame], Mapping[str, NDArray[np.float64]]],
    rows: pl.DataFrame,
    columns: Sequence[str],
    always: Sequence[str],
    others: Sequence[str],
    alone: str | None,
    seed: int,
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weight of each member, and what each choice would find.

    Args:
        scored: Gives each member's scores of rows on the scale of clean rows.
        rows: Accepted rows that the members have not learned from.
        columns: The columns that they look at.
        always: The members that every average holds, unless one is left alone.
        others: The members that join, one after the other, where they help.
        alone: The member that may be left alone.
        seed: Draws what is planted.
    """
    clean = scored(rows)
    planted = {plant.__name__: scored(plant(rows, columns, np.random.default_rng([seed, i]))) for i, plant in enumerate(PLANTS)}

    def finds(weights: Weights, kinds: Sequence[Plant]) -> float:
        return float(np.mean([roc_auc(average_scores(clean, weights), average_scores(planted[kind.__name__], weights)) for kind in kinds]))

    taken: dict[str, float] = dict.fromkeys(always or others[:1], 1.0)
    found_shares = {"+".join(taken): finds(taken, SPREAD)}
    for name in others:
        more = {**taken, name: 1.0}
        found_shares["+".join(more)] = finds(more, SPREAD)
        if found_shares["+".join(more)] > found_shares["+".join(taken)] + HELPS:
            taken = more
    if alone is not None:
        found_shares |= {f"{alone} alone, one cell": finds({alone: 1.0}, (swap_one_cell,)), "the average, one cell": finds(taken, (swap_one_cell,))}
        if found_shares[f"{alone} alone, one cell"] > found_shares["the average, one cell"] + ALONE:
            taken = {alone: 1.0}
    return taken, found_shares


def average_scores(scores: Mapping[str, NDArray[np.float64]], weights: Weights) -> NDArray[np.float64]:
    """Return the weighted mean of the members' scores, [rows]."""
    return np.asarray(sum(scores[name] * weight for name, weight in weights.items()) / sum(weights.values()))


SPREAD: tuple[Plant, ...] = (swap_half_cells, add_noise)
PLANTS: tuple[Plant, ...] = (swap_one_cell, *SPREAD)
