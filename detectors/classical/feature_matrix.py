"""Mixed rows as the plain matrix that PyOD's detectors and distances take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.classical.hot_deck import impute_from_nearest
from detectors.encoding import Encoder, ScaleName, Vocabulary

SMALL = 8  # a category with no more values also gets one feature a value


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMatrix:
    """Numbers on a scale (0 where null); categories by how rare their value is, small ones by value too."""

    encoder: Encoder
    scale: ScaleName = "rank"

    def __call__(self, rows: pl.DataFrame) -> NDArray[np.float32]:
        """Rows to [rows, features]; a value that was never seen is taken for the most frequent one."""
        return self._read(rows, self.encoder.places(rows))

    def like(self, rows: pl.DataFrame, accepted: NDArray[np.floating]) -> NDArray[np.float32]:
        """Replace values that were never seen by those of the accepted row that is nearest in all other features.

        Being new alone is no anomaly; and a value that is usual, but not beside the others, would be one.
        """
        places = self.encoder.places(rows)
        features, lacking = self._read(rows, places), self._lacking(places, rows.height)
        strange = lacking.any(axis=1)
        if strange.any():
            features[strange] = impute_from_nearest(features[strange], lacking[strange], accepted)
        return features

    def _read(self, rows: pl.DataFrame, places: Sequence[NDArray[np.int64]]) -> NDArray[np.float32]:
        numbers = self.encoder.scaled(rows, self.scale).nan_to_num(nan=0.0).numpy().T
        categories = [_features(words, codes) for words, codes in zip(self.encoder.vocabularies, places, strict=True)]
        return np.ascontiguousarray(np.concatenate([numbers, *categories], axis=1))

    def _lacking(self, places: Sequence[NDArray[np.int64]], rows: int) -> NDArray[np.bool_]:
        """[rows, features]: what speaks of a value that was never seen."""
        unknown = [np.repeat(codes[:, None] < 0, 1 + _width(words), axis=1) for words, codes in zip(self.encoder.vocabularies, places, strict=True)]
        return np.concatenate([np.zeros((rows, len(self.encoder.grids)), bool), *unknown], axis=1)

    @property
    def groups(self) -> NDArray[np.int64]:
        """int64 [features]: the place in `encoder.columns` of each feature's column."""
        split = len(self.encoder.grids)
        widths = [1] * split + [1 + _width(words) for words in self.encoder.vocabularies]
        return np.repeat(self.encoder.groups, widths)


def _width(words: Vocabulary) -> int:
    return len(words) if 1 < len(words) <= SMALL else 0


def _features(words: Vocabulary, places: NDArray[np.int64]) -> NDArray[np.float32]:
    present = np.maximum(places, 0)[:, None]
    return np.concatenate([_rarity(words)[present], present == np.arange(_width(words))], axis=1).astype(np.float32)


def _rarity(words: Vocabulary) -> NDArray[np.float64]:
    """Standardised log-frequency by place."""
    counts = words.counts.astype(float) if len(words) else np.ones(1)
    logs, share = np.log(np.maximum(counts, 1)), counts / counts.sum()
    middle = float((share * logs).sum())
    spread = float(np.sqrt((share * (logs - middle) ** 2).sum()))
    return np.asarray((logs - middle) / max(spread, 0.1))
