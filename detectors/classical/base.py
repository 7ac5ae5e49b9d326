"""Carries a PyOD detector: calibrated like every other, kept as the rows it was fitted on, and fitted again from them when needed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.classical.feature_matrix import FeatureMatrix
from detectors.encoding import Encoder
from detectors.features.columns import select_columns
from detectors.features.matrix_serialization import pack_matrix, unpack_matrix
from detectors.learning.base import LearnedDetector
from detectors.learning.history import HistorySplit
from sluice.domain import ROW

SUSPECTS = 4  # the most columns that are blamed
TILE = 4096  # rows that PyOD scores at once, padded to it, so that a row's score is the same to the last bit in any company
LANES = 64  # numbers that a processor computes at once, at most: padded to it, arithmetic on single rows is the same for each of them
BLOCK = 256  # rows are kept in multiples of it, where there are so many: the size that scikit-learn computes distances in


class PyodEstimator(Protocol):
    """Describe the part of a PyOD detector that is used."""

    def fit(self, x: NDArray[np.float64]) -> object:
        """Learn from rows."""
        ...

    def decision_function(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one number per row; higher is more unusual."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PyodModel:
    """Hold a fitted PyOD detector, the matrix that it was fitted on, and how another is fitted on other rows.

    Attributes:
        matrix: Turns rows into features.
        reference: Rows that the detector was fitted on, [rows, features].
        seed: Seed that it was fitted with.
        outlier: The fitted detector.
        fitted: Fits another one.
        row_by_row: Whether the detector reads one row at a time, so that no row needs to be padded to a tile.
    """

    matrix: FeatureMatrix
    reference: NDArray[np.float32]
    seed: int
    outlier: PyodEstimator
    fitted: Callable[[NDArray[np.float32], int], PyodEstimator]
    row_by_row: bool = False

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return the detector's own score of each row."""
        return self._scores(self.matrix.like(rows, self.reference))

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Blame the columns that, set to the middle of the accepted rows, make the row look most ordinary again."""
        gains, columns = self._gains(rows), self.matrix.encoder.columns
        order = np.argsort(-gains, axis=1, kind="stable")[:, :SUSPECTS]
        blamed = [[columns[place] for place in row if gains[i, place] > 0 or place == row[0]] for i, row in enumerate(order)]
        return pl.DataFrame({"columns": blamed, "expected": [None] * len(blamed)}, schema={"columns": pl.List(pl.String), "expected": pl.String})

    def explain_cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row per row and column: `_row_id`, `column`, `surprise` (by how much the score falls without it) and `expected`, which is null."""
        columns, gains = self.matrix.encoder.columns, np.maximum(self._gains(rows), 0)
        ids = pl.Series(ROW, np.repeat(rows[ROW].to_numpy(), len(columns)), dtype=pl.String)
        columns_of = [ids, pl.Series("column", list(columns) * rows.height, dtype=pl.String), pl.Series("surprise", gains.reshape(-1))]
        return pl.DataFrame(columns_of).with_columns(expected=pl.lit(None, dtype=pl.String))

    @property
    def score_tolerance(self) -> float:
        """None: PyOD's detectors have the processor alone."""
        return 0.0

    def project(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """[rows, features]: the row as the detector is given it."""
        return self.matrix.like(rows, self.reference).astype(np.float64)

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> PyodModel:
        """Fitted on a sample of the rows that were kept and of these."""
        both = np.concatenate([self.reference, self.matrix.like(rows, self.reference)])
        picked = np.sort(np.random.default_rng(seed).choice(len(both), len(self.reference), replace=False))
        return replace(self, reference=both[picked], outlier=self.fitted(both[picked], self.seed))

    def rescale(self, rows: pl.DataFrame) -> PyodModel:
        """Return the model itself: it has no scale of its own."""
        return self

    def _gains(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """[rows, columns]: by how much the score falls when a column is set to the middle of the accepted rows."""
        features, groups, columns = self.matrix.like(rows, self.reference), self.matrix.groups, self.matrix.encoder.columns
        middle = np.median(self.reference, axis=0)
        mended = np.concatenate([features, *(np.where(groups == place, middle, features) for place in range(len(columns)))]).astype(np.float32)
        scores = self._scores(mended).reshape(len(columns) + 1, -1)
        return np.asarray((scores[0] - scores[1:]).T)

    def _scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score rows; equal rows once."""
        first, place = find_distinct_rows(features)
        unit = LANES if self.row_by_row else TILE
        padded = np.pad(features[first].astype(np.float64), ((0, -len(first) % unit), (0, 0)))
        tile = len(padded) if self.row_by_row else TILE
        parts = [self.outlier.decision_function(padded[i : i + tile]) for i in range(0, len(padded), tile or 1)]
        return np.nan_to_num(np.concatenate(parts))[place] if parts else np.empty(0)

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Serialise as arrays and JSON."""
        arrays, meta = self.matrix.encoder.pack()
        return {**arrays, **pack_matrix("kept", self.reference)}, {**meta, "seed": self.seed}


@dataclass(frozen=True)
class PyodDetector(LearnedDetector):
    """Run a PyOD detector; see `LearnedDetector` for the settings that all share.

    Attributes:
        max_reference_rows: Largest number of rows that the detector is fitted on; they are stored with it.
    """

    max_reference_rows: int = 4096

    row_by_row: ClassVar[bool] = False

    @abstractmethod
    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted PyOD detector."""

    def fit(self, split: HistorySplit, seed: int) -> PyodModel:
        """Fit it on some of the training rows, which are parted at random already."""
        matrix = FeatureMatrix(Encoder.fit(split.train, select_columns(self.schema, self.columns), self.schema))
        reference = min(self.max_reference_rows, split.train.height)
        return self._fit_model(matrix, matrix(split.train.head(reference // BLOCK * BLOCK or reference)), seed)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> PyodModel:
        """Fit it again on the rows that were kept: deterministic, and no pickle is needed."""
        return self._fit_model(FeatureMatrix(Encoder.unpack(arrays, meta)), unpack_matrix(arrays, "kept"), int(meta["seed"]))

    def _fit_model(self, matrix: FeatureMatrix, reference: NDArray[np.float32], seed: int) -> PyodModel:
        return PyodModel(matrix, reference, seed, self.fitted(reference, seed), self.fitted, self.row_by_row)

    def fitted(self, reference: NDArray[np.float32], seed: int) -> PyodEstimator:
        """Fit a detector on rows, [rows, features]."""
        outlier = self.outlier(seed)
        outlier.fit(reference.astype(np.float64))
        return outlier


def find_distinct_rows(features: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the positions of the distinct rows of a matrix, and for each row the place of its equal among them.

    Example:
        >>> first, place = find_distinct_rows(np.array([[1, 2], [0, 3], [1, 2]], np.float32))
        >>> first.tolist(), place.tolist()
        ([1, 0], [1, 0, 1])
    """
    if not features.size:
        every = np.arange(len(features))
        return every, every
    rows = np.ascontiguousarray(features).view(np.dtype((np.void, features.itemsize * features.shape[1])))[:, 0]
    _, first, place = np.unique(rows, return_index=True, return_inverse=True)
    return first, place
