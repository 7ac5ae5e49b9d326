"""Predict clicks and purchases with a trained conversion model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.conversion.esmm import Esmm
from recommender.conversion.gradient_boosting import GradientBoosting
from recommender.conversion.item_features import ItemFeatures
from recommender.conversion.item_statistics import CO_IMPRESSION, ItemStatistics, canonical_feature
from recommender.conversion.pair_features import FeatureTable, Pairs, compute_pair_features
from recommender.conversion.platt_scaling import PlattScaling
from recommender.conversion.scorer import Scorer
from recommender.conversion.side_statistics import SideStatistics
from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.ranker import Arrays, add_prefix, strip_prefix

NOTHING: Mapping[str, object] = MappingProxyType({})
SCORERS: Mapping[str, type[Esmm | GradientBoosting]] = {"esmm": Esmm, "lightgbm": GradientBoosting}


@dataclass(frozen=True, slots=True, eq=False)
class ConversionProbabilities:
    """Hold the probabilities of outcomes of impressions; both of shape (n,).

    Attributes:
        click: Of a click.
        purchase: Of a purchase, never above that of a click.
    """

    click: Floats
    purchase: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FeatureContributions:
    """Explain purchase probabilities.

    Attributes:
        names: Of the features.
        values: What each adds to the log-odds, shape (n, features).
        base_values: Log-odds without any feature, shape (n,).
    """

    names: tuple[str, ...]
    values: Floats
    base_values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ConversionModel:
    """Predict what an impression comes to.

    Attributes:
        kind: The name of the scorer in SCORERS.
        scorer: Predicts log-odds.
        statistics: Of the items.
        stages: The stage of each kind of event, as `compute_pair_features` takes them.
        calibrations: Of clicks, and of purchases.
        side: What impressions came to by attributes of users and by context; None where none are read.
    """

    kind: str
    scorer: Scorer
    statistics: ItemStatistics
    stages: Ints
    calibrations: tuple[PlattScaling, PlattScaling]
    side: SideStatistics | None = None

    def predict(self, histories: Sequences, users: Ints, items: Ints, at: int, side: Mapping[str, object] = NOTHING) -> ConversionProbabilities:
        """Predict the outcomes of showing items to users.

        Args:
            histories: The users' events up to now, repeats not collapsed.
            users: The row of each pair's user in the histories, shape (n,).
            items: Item numbers, shape (n,); -1 for unknown items.
            at: The current time, in seconds since 1970.
            side: Attributes and context of the request, by prefixed names of side columns.
        """
        raw = self.scorer.log_odds(self._features(histories, users, items, at, side).values)
        click, purchase = (calibration.probabilities(odds) for calibration, odds in zip(self.calibrations, raw, strict=True))
        return ConversionProbabilities(click, np.minimum(click, purchase))

    def contributions(self, histories: Sequences, users: Ints, items: Ints, at: int, side: Mapping[str, object] = NOTHING) -> FeatureContributions:
        """Compute what each feature adds to the log-odds of a purchase; arguments as for `predict`."""
        features = self._features(histories, users, items, at, side)
        values, base_values = self.scorer.contributions(features.values)
        calibration = self.calibrations[1]
        return FeatureContributions(features.names, calibration.slope * values, calibration.log_odds(base_values))

    def _features(self, histories: Sequences, users: Ints, items: Ints, at: int, side: Mapping[str, object]) -> FeatureTable:
        numbers = np.repeat(self.side.features.encode_values(side), len(items), axis=0) if self.side else None
        pairs = Pairs(users, items, histories.starts[users + 1], np.full(len(items), at, np.int64), numbers)
        return compute_pair_features(self.statistics, histories, self.stages, pairs, self.side)

    def to_arrays(self) -> Arrays:
        """Return all learned parameters; small tables are transposed, so that quantization never shares a scale between features."""
        items = self.statistics.items
        about = {
            "kind": self.kind,
            "facts": list(self.statistics.features),
            "numbers": list(items.numeric),
            "codes": list(items.categorical),
            "spaces": list(items.embeddings),
            "calibrations": [[calibration.slope, calibration.intercept] for calibration in self.calibrations],
        }
        return {
            "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
            "rates": self.statistics.base_rates,
            "stages": self.stages,
            "facts": np.stack(list(self.statistics.features.values())),
            **add_prefix("number", items.numeric),
            **add_prefix("code", items.categorical),
            **add_prefix("space", items.embeddings),
            **add_prefix("scorer", self.scorer.to_arrays()),
            **(add_prefix("side", self.side.to_arrays()) if self.side else {}),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore from `to_arrays`.

        Raises:
            KeyError, ValueError: The arrays do not fit together, or not the vocabulary.
        """
        about: Mapping[str, Any] = json.loads(arrays["about"].astype(np.uint8).tobytes())
        items = _read_item_features(about, arrays, len(vocabulary.items))
        features = dict(zip(map(canonical_feature, about["facts"]), arrays["facts"], strict=True))
        _check_lengths([*features.values(), *items.numeric.values(), *items.categorical.values(), *items.embeddings.values()], items.count)
        if len(arrays["stages"]) != len(vocabulary.kinds) + 1:
            raise ValueError("the conversion model does not have one stage per kind of event")
        click, purchase = (PlattScaling(float(slope), float(intercept)) for slope, intercept in about["calibrations"])
        scorer = SCORERS[about["kind"]].from_arrays(strip_prefix("scorer", arrays))
        counts = strip_prefix("side", arrays)
        side = SideStatistics.from_arrays(counts) if counts else None
        return cls(about["kind"], scorer, ItemStatistics(arrays["rates"], features, items), arrays["stages"], (click, purchase), side)


def _read_item_features(about: Mapping[str, Any], arrays: Arrays, count: int) -> ItemFeatures:
    tables = {prefix: strip_prefix(prefix, arrays) for prefix in ("number", "code", "space")}
    numeric, categorical = {name: tables["number"][name] for name in about["numbers"]}, {name: tables["code"][name] for name in about["codes"]}
    embeddings = {CO_IMPRESSION if name == "met" else name: tables["space"][name] for name in about["spaces"]}
    return ItemFeatures(count, numeric, categorical, embeddings)


def _check_lengths(tables: list[NDArray[Any]], items: int) -> None:
    if any(len(table) != items + 1 for table in tables):
        raise ValueError("the conversion model does not have one row per item")
