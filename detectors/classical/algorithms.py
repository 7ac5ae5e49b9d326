"""Offer the PyOD detectors whose score of a row does not depend on its batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from detectors.classical.base import PyodDetector, PyodEstimator
from detectors.classical.histograms import Histograms


@dataclass(frozen=True)
class IsolationForest(PyodDetector):
    """Score rows by how few random splits isolate them: isolation forest (Liu, Ting, Zhou 2008).

    Attributes:
        n_estimators: Number of trees.

    Example:
        >>> import numpy as np
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"),))
        >>> rows = np.array([[1.0], [1.1], [1.2], [1.3], [1.4], [9.0]])
        >>> int(IsolationForest(schema).outlier(seed=0).fit(rows).decision_scores_.argmax())  # the row that fits least
        5
    """

    n_estimators: int = 100

    kind: ClassVar[str] = "isolation_forest"
    row_by_row: ClassVar[bool] = True  # a row's path through a tree reads that row alone

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted forest."""
        from pyod.models.iforest import IForest

        return IForest(n_estimators=self.n_estimators, random_state=seed)  # type: ignore[no-any-return]  # PyOD carries no types


@dataclass(frozen=True)
class Knn(PyodDetector):
    """Score rows by the distance to the k-th nearest accepted row (Ramaswamy, Rastogi, Shim 2000).

    Attributes:
        n_neighbors: k.

    Example:
        >>> import numpy as np
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"),))
        >>> rows = np.array([[1.0], [1.1], [1.2], [1.3], [1.4], [9.0]])
        >>> int(Knn(schema, n_neighbors=2).outlier(seed=0).fit(rows).decision_scores_.argmax())  # the row that fits least
        5
    """

    n_neighbors: int = 5

    kind: ClassVar[str] = "knn"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        from pyod.models.knn import KNN

        return KNN(n_neighbors=self.n_neighbors)  # type: ignore[no-any-return]  # PyOD carries no types


@dataclass(frozen=True)
class Lof(PyodDetector):
    """Score rows by the local outlier factor (Breunig et al. 2000): lower density than their neighbours. Sensitive to wrong rows in the history.

    Attributes:
        n_neighbors: How many neighbours make the surroundings.

    Example:
        >>> import numpy as np
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"),))
        >>> rows = np.array([[1.0], [1.1], [1.2], [1.3], [1.4], [9.0]])
        >>> int(Lof(schema, n_neighbors=3).outlier(seed=0).fit(rows).decision_scores_.argmax())  # the row that fits least
        5
    """

    n_neighbors: int = 20

    kind: ClassVar[str] = "lof"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        from pyod.models.lof import LOF

        return LOF(n_neighbors=self.n_neighbors, novelty=True)  # type: ignore[no-any-return]  # PyOD carries no types


@dataclass(frozen=True)
class Hbos(PyodDetector):
    """Score rows by histograms of each feature (Goldstein, Dengel 2012): the fastest, blind to dependencies between columns.

    Attributes:
        n_bins: Bins of a histogram.

    Example:
        >>> import numpy as np
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"),))
        >>> rows = np.array([[1.0], [1.1], [1.2], [1.3], [1.4], [9.0]])
        >>> outlier = Hbos(schema, n_bins=3).outlier(seed=0)
        >>> _ = outlier.fit(rows)
        >>> int(outlier.decision_function(rows).argmax())  # the row that fits least
        5
    """

    n_bins: int = 10

    kind: ClassVar[str] = "hbos"
    row_by_row: ClassVar[bool] = True  # a feature's histogram is looked up for that row alone

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        return Histograms(self.n_bins)


@dataclass(frozen=True)
class OneClassSvm(PyodDetector):
    """Flag rows outside of a smooth border around the accepted rows: one-class support vector machine (Schölkopf et al. 2001); slow on many.

    Example:
        >>> import numpy as np
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"),))
        >>> rows = np.array([[1.0], [1.1], [1.2], [1.3], [1.4], [9.0]])
        >>> int(OneClassSvm(schema).outlier(seed=0).fit(rows).decision_scores_.argmax())  # the row that fits least
        5
    """

    kind: ClassVar[str] = "ocsvm"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        from pyod.models.ocsvm import OCSVM

        return OCSVM()  # type: ignore[no-any-return]  # PyOD carries no types
