"""Carries a PyOD detector: calibrated like every other, kept as the rows it was fitted on, and fitted again from them when needed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.classical.matrix import Matrix
from detectors.columns import chosen
from detectors.encoding import Encoder
from detectors.history import Parts
from detectors.learned import Learned

SUSPECTS = 4  # the most columns that are blamed
TILE = 1024  # rows that PyOD scores at once, padded to it, so that a row's score is the same to the last bit in any company
BLOCK = 256  # rows are kept in multiples of it, where there are so many: the size that scikit-learn computes distances in


class Outlier(Protocol):
    """The part of a PyOD detector that is used."""

    def fit(self, x: NDArray[np.float64]) -> object:
        """Learn from rows."""
        ...

    def decision_function(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """One number a row; the higher, the stranger."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted PyOD detector and the matrix `kept` that it was fitted on."""

    matrix: Matrix
    kept: NDArray[np.float32]
    seed: int
    outlier: Outlier

    def scores(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """The detector's own score of each row."""
        return self._scores(self.matrix(rows))

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Blame the columns that, set to the middle of the accepted rows, make the row look most ordinary again."""
        features, groups, columns = self.matrix(rows), self.matrix.groups, self.matrix.encoder.columns
        middle = np.median(self.kept, axis=0)
        mended = np.concatenate([features, *(np.where(groups == place, middle, features) for place in range(len(columns)))]).astype(np.float32)
        scores = self._scores(mended).reshape(len(columns) + 1, -1)
        gains = (scores[0] - scores[1:]).T
        order = np.argsort(-gains, axis=1, kind="stable")[:, :SUSPECTS]
        blamed = [[columns[place] for place in row if gains[i, place] > 0 or place == row[0]] for i, row in enumerate(order)]
        return pl.DataFrame({"columns": blamed, "expected": [None] * len(blamed)}, schema={"columns": pl.List(pl.String), "expected": pl.String})

    def _scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        padded = np.pad(features.astype(np.float64), ((0, -len(features) % TILE), (0, 0)))
        parts = [self.outlier.decision_function(padded[i : i + TILE]) for i in range(0, len(padded), TILE)]
        return np.nan_to_num(np.concatenate(parts))[: len(features)] if parts else np.empty(0)

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """As arrays and as JSON."""
        arrays, meta = self.matrix.encoder.pack()
        return {**arrays, "kept": self.kept}, {**meta, "seed": self.seed}


@dataclass(frozen=True)
class Classical(Learned):
    """A PyOD detector; see `Learned` for the settings that all share.

    Attributes:
        kept: The most rows that the detector is fitted on; they are stored with it.
    """

    kept: int = 4096

    @abstractmethod
    def outlier(self, seed: int) -> Outlier:
        """An unfitted PyOD detector."""

    def fit(self, parts: Parts, seed: int) -> Model:
        """Fit it on some of the training rows, which are parted at random already."""
        matrix = Matrix(Encoder.fit(parts.train, chosen(self.schema, self.columns), self.schema))
        kept = min(self.kept, parts.train.height)
        return self._fitted(matrix, matrix(parts.train.head(kept // BLOCK * BLOCK or kept)), seed)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Model:
        """Fit it again on the rows that were kept: deterministic, and no pickle is needed."""
        return self._fitted(Matrix(Encoder.unpack(arrays, meta)), arrays["kept"], int(meta["seed"]))

    def _fitted(self, matrix: Matrix, kept: NDArray[np.float32], seed: int) -> Model:
        outlier = self.outlier(seed)
        outlier.fit(kept.astype(np.float64))
        return Model(matrix, kept, seed, outlier)
