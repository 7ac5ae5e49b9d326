"""Offer the PyOD detectors whose score of a row does not depend on its batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from detectors.classical.base import PyodDetector, PyodEstimator


@dataclass(frozen=True)
class IsolationForest(PyodDetector):
    """Isolation forest (Liu, Ting, Zhou 2008): rows that few random cuts set apart. Robust where history is dirty.

    Attributes:
        n_estimators: Number of trees.
    """

    n_estimators: int = 100

    kind: ClassVar[str] = "isolation_forest"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted forest."""
        from pyod.models.iforest import IForest

        return IForest(n_estimators=self.n_estimators, random_state=seed)  # type: ignore[no-any-return]  # PyOD carries no types


@dataclass(frozen=True)
class Knn(PyodDetector):
    """Distance to the k-th nearest accepted row (Ramaswamy, Rastogi, Shim 2000).

    Attributes:
        n_neighbors: k.
    """

    n_neighbors: int = 5

    kind: ClassVar[str] = "knn"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        from pyod.models.knn import KNN

        return KNN(n_neighbors=self.n_neighbors)  # type: ignore[no-any-return]  # PyOD carries no types


@dataclass(frozen=True)
class Lof(PyodDetector):
    """Local outlier factor (Breunig et al. 2000): rows in thinner surroundings than their neighbours. Sensitive to dirty history.

    Attributes:
        n_neighbors: How many neighbours make the surroundings.
    """

    n_neighbors: int = 20

    kind: ClassVar[str] = "lof"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        from pyod.models.lof import LOF

        return LOF(n_neighbors=self.n_neighbors, novelty=True)  # type: ignore[no-any-return]  # PyOD carries no types


@dataclass(frozen=True)
class Hbos(PyodDetector):
    """Histograms of each feature (Goldstein, Dengel 2012): the quickest, blind to how columns depend on each other.

    Attributes:
        n_bins: Bins of a histogram.
    """

    n_bins: int = 10

    kind: ClassVar[str] = "hbos"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        from pyod.models.hbos import HBOS

        return HBOS(n_bins=self.n_bins)  # type: ignore[no-any-return]  # PyOD carries no types


@dataclass(frozen=True)
class OneClassSvm(PyodDetector):
    """Flag rows outside of a smooth border around the accepted rows: one-class support vector machine (Schölkopf et al. 2001); slow on many."""

    kind: ClassVar[str] = "ocsvm"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        from pyod.models.ocsvm import OCSVM

        return OCSVM()  # type: ignore[no-any-return]  # PyOD carries no types
