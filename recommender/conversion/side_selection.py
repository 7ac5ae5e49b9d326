"""Decide on the newest impressions whether the conversion model reads attributes of users and context, and which of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recommender.conversion.pair_features import FeatureTable
from recommender.conversion.scorer import Examples
from recommender.conversion.scorer_selection import ScorerSelection
from recommender.conversion.side_statistics import NAMES
from recommender.data.side_features import SideFeatures
from recommender.evaluation.certainty import exceeds


@dataclass(frozen=True, slots=True)
class ConversionSide:
    """Hold the choice.

    Attributes:
        scorer: The best scorer on the features of the choice.
        columns: Side columns that are read.
        card: Entry on the card; empty where no column was there.
    """

    scorer: ScorerSelection
    columns: tuple[str, ...] = ()
    card: Mapping[str, object] = field(default_factory=dict)


def select_side(
    training: Examples, validation: Examples, side: SideFeatures | None, select: Callable[[Examples, Examples], ScorerSelection], seed: int
) -> ConversionSide:
    """Compare scorers with and without the features of side columns, on the same impressions.

    A column gives what is lost in log loss where its features are shuffled. Those that give nothing are left out; the others are kept where they lower
    the log loss of purchases by more than chance.

    Args:
        training: To learn from, with the features of all side columns.
        validation: To compare on.
        side: Numbers the side columns; None where none are there.
        select: Fits and compares all scorers.
        seed: Seed of the shuffle.
    """
    plain = select(keep_columns(training, side, ()), keep_columns(validation, side, ()))
    if side is None:
        return ConversionSide(plain)
    every = select(training, validation) if side.columns else plain
    rng = np.random.default_rng(seed)
    column_gains = {name: every.mean_loss(_shuffle(validation, name, rng)) - every.mean_loss(validation) for name in side.columns}
    useful = tuple(name for name, gain in column_gains.items() if gain > 0)
    chosen = select(keep_columns(training, side, useful), keep_columns(validation, side, useful)) if 0 < len(useful) < len(side.columns) else every
    read_columns = useful if useful and exceeds(-plain.losses, -chosen.losses) else ()
    reasons = {**side.left_out, **{name: "side_column_gave_nothing" for name in side.columns if name not in read_columns}}
    entries = [
        {"column": name, "kept": name in read_columns, "gave": column_gains.get(name), "reason": reasons.get(name)} for name in (*column_gains, *side.left_out)
    ]
    card = {
        "columns": entries,
        "without": float(plain.losses.mean()),
        "with": float(chosen.losses.mean()),
        "impressions": len(validation),
        "metric": "log_loss",
    }
    return ConversionSide(chosen if read_columns else plain, read_columns, card)


def keep_columns(examples: Examples, side: SideFeatures | None, columns: Sequence[str]) -> Examples:
    """Return examples with the features of some side columns alone, and all others."""
    dropped = {f"{name} {feature}" for name in (side.columns if side else ()) if name not in columns for feature in NAMES}
    places = [place for place, name in enumerate(examples.features.names) if name not in dropped]
    names = tuple(examples.features.names[place] for place in places)
    values = np.ascontiguousarray(examples.features.values[:, places])  # sums of floats differ by the order in memory
    return replace(examples, features=FeatureTable(names, values)) if dropped else examples


def _shuffle(examples: Examples, column: str, rng: np.random.Generator) -> Examples:
    """Return examples whose features of a column are those of others."""
    places = [place for place, name in enumerate(examples.features.names) if name in {f"{column} {feature}" for feature in NAMES}]
    values = examples.features.values.copy()
    values[:, places] = values[rng.permutation(len(values))][:, places]
    return replace(examples, features=FeatureTable(examples.features.names, values))
