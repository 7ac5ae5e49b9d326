"""Keeps a library's detector to itself: no words, no warnings, and the process's own random state unmoved."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from detectors.classical.base import PyodEstimator


@dataclass(slots=True, eq=False)
class IsolatedEstimator:
    """Make, fit and call a detector without its output.

    Attributes:
        make: Makes it.
    """

    make: Callable[[], PyodEstimator]
    _outlier: PyodEstimator = field(init=False)

    def fit(self, x: NDArray[np.float64]) -> None:
        """Learn from rows."""
        with _silence():
            self._outlier = self.make()
            self._outlier.fit(x)

    def decision_function(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one number per row; higher is more unusual."""
        with _silence():
            return np.asarray(self._outlier.decision_function(x), np.float64)


@contextmanager
def _silence() -> Iterator[None]:
    import torch

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  # the library's own is meant
    try:
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())), warnings.catch_warnings(), redirect_stdout(None):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002  # the library's own is meant
