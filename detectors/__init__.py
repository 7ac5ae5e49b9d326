"""Judges that learn what rows look like, and name the cells to blame."""

from __future__ import annotations

from collections.abc import Mapping

DETECTORS: Mapping[str, str] = {
    "autoencoder": "detectors.autoencoder.detector:Autoencoder",
    "reconstruction": "detectors.autoencoder.reconstruction:ReconstructionAutoencoder",
    "ensemble": "detectors.ensemble.detector:Ensemble",
    "isolation_forest": "detectors.classical.algorithms:IsolationForest",
    "knn": "detectors.classical.algorithms:Knn",
    "lof": "detectors.classical.algorithms:Lof",
    "hbos": "detectors.classical.algorithms:Hbos",
    "ocsvm": "detectors.classical.algorithms:OneClassSvm",
    "pyod": "detectors.classical.pyod_by_name:NamedPyodDetector",
    "ecod": "detectors.classical.unsupported:Ecod",
    "copod": "detectors.classical.unsupported:Copod",
    "drift": "detectors.drift.detector:Drift",
    "sessions": "detectors.sessions.detector:Sessions",
    "traffic": "detectors.traffic.detector:Traffic",
}
