"""Restore saved models, and keep the last ones: a batch is judged up to three times by the same one, which the process may have fitted itself."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from detectors.features.serialization import unpack
from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.model import DetectorModel
from detectors.learning.reservoir import NO_CHECKSUMS
from sluice.domain import Artifact
from sluice.errors import ModelError
from sluice.messages import make_error

MAX_MODELS = 16  # kept in memory


class Restorable(Hashable, Protocol):
    """Describe the part of a learned detector that restores its models."""

    @property
    def name(self) -> str:
        """Return the name of its registered model."""
        ...

    def detector_for(self, artifact: Artifact) -> Restorable:
        """Return the detector that a model belongs to: this one, or its fallback."""
        ...

    def changed_settings(self, artifact: Artifact) -> Sequence[str]:
        """Name the settings that make another model than the saved one."""
        ...

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> DetectorModel:
        """Restore a model from its arrays."""
        ...


class ModelCache:
    """Keep the models that were used last, by detector and serialized model."""

    def __init__(self, size: int) -> None:
        """Store the largest number of models."""
        self._size, self._lock = size, threading.Lock()
        self._models: dict[tuple[Restorable, bytes], CalibratedModel] = {}  # the one used last at the end

    def get(self, detector: Restorable, tensors: bytes) -> CalibratedModel | None:
        """Return a model; None where it is not kept."""
        with self._lock:
            model = self._models.pop((detector, tensors), None)
            if model is not None:
                self._models[detector, tensors] = model
            return model

    def put(self, detector: Restorable, tensors: bytes, model: CalibratedModel) -> None:
        """Keep a model, and drop the one whose last use is longest ago where there are too many."""
        with self._lock:
            self._models.pop((detector, tensors), None)
            self._models[detector, tensors] = model
            while len(self._models) > self._size:
                del self._models[next(iter(self._models))]


_CACHE = ModelCache(MAX_MODELS)


def pack_model(detector: Restorable, model: CalibratedModel) -> bytes:
    """Serialize a fitted model, and keep it: a forest that is restored is fitted once more, and its scores are the same to the last bit."""
    tensors = model.pack()
    _CACHE.put(detector, tensors, model)
    return tensors


def restore_model(detector: Restorable, artifact: Artifact) -> CalibratedModel:
    """Restore a saved model, of the detector itself or of its fallback.

    Raises:
        ModelError: It is damaged, of another version, or was fitted with settings that make another model of it.
    """
    owner = detector.detector_for(artifact)
    if changed := owner.changed_settings(artifact):
        raise make_error(ModelError, "model_settings_changed", settings=tuple(changed), detector=detector.name)
    cached = _CACHE.get(owner, artifact.tensors)
    if cached is None:
        cached = _restore(owner, artifact.tensors)
        _CACHE.put(owner, artifact.tensors, cached)
    return cached


def _restore(detector: Restorable, tensors: bytes) -> CalibratedModel:
    arrays, meta = unpack(tensors)
    try:
        return CalibratedModel(detector.restore(arrays, meta), arrays["calibration"], arrays.get("left", NO_CHECKSUMS))
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise make_error(ModelError, "detector_model_damaged", detector=detector.name) from error
