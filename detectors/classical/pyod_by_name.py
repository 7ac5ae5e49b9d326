"""Any PyOD detector by its name there; what PyOD adds tomorrow can be asked for tomorrow."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, TypeAlias

import numpy as np
from pydantic import BeforeValidator

from detectors.classical.base import PyodDetector, PyodEstimator, PyodModel
from detectors.classical.isolated import IsolatedEstimator
from detectors.classical.unsupported import UNSUPPORTED
from detectors.learning.history import HistorySplit
from sluice.errors import InvalidValue, ModelError
from sluice.messages import make_error

Scalar: TypeAlias = bool | int | float | str
Parameters: TypeAlias = Annotated[
    tuple[tuple[str, Scalar], ...], BeforeValidator(lambda parameters: tuple(parameters.items()) if isinstance(parameters, Mapping) else parameters)
]  # a tuple: settings are hashed

PROBED = 16  # rows that are scored alone and in company
ALIKE = 1e-6  # relative difference that arithmetic explains
FAULTS = (ValueError, TypeError, RuntimeError, ArithmeticError, ImportError, LookupError, AttributeError)  # what PyOD raises where it cannot


@dataclass(frozen=True)
class NamedPyodDetector(PyodDetector):
    """Run any PyOD detector by its name; see `LearnedDetector` for the settings that all share.

    A detector whose score of a row depends on the other rows of its batch is refused when it is fitted.

    Attributes:
        algorithm: The name of the class in PyOD (LUNAR, COF, GMM, ...), in any case.
        parameters: What its constructor takes; the seed is given anyway.

    Example:
        >>> import numpy as np
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"),))
        >>> NamedPyodDetector(schema, algorithm="LUNAR").rule
        'pyod_lunar'
    """

    algorithm: str = ""
    parameters: Parameters = ()

    kind: ClassVar[str] = "pyod"

    def __post_init__(self) -> None:
        """Check that PyOD has it, and takes the parameters."""
        super().__post_init__()
        algorithm = _plain(self.algorithm)
        if algorithm in UNSUPPORTED:
            raise ValueError(UNSUPPORTED[algorithm])
        if algorithm not in list_modules():
            raise make_error(InvalidValue, "pyod_unknown", algorithms=tuple(sorted(list_modules())))
        unknown = [name for name, _ in self.parameters if name not in _signature(_class(algorithm)).parameters]
        if unknown:
            raise make_error(
                InvalidValue,
                "pyod_setting_unknown",
                algorithm=self.algorithm,
                names=tuple(unknown),
                parameters=tuple(list(_signature(_class(algorithm)).parameters)[1:]),
            )

    @property
    def rule(self) -> str:
        """Two algorithms beside each other are two rules."""
        return f"pyod_{_plain(self.algorithm)}"

    def outlier(self, seed: int) -> PyodEstimator:
        """Return an unfitted detector."""
        cls = _class(_plain(self.algorithm))
        seeds = {name: seed for name in ("random_state", "seed") if name in _signature(cls).parameters}
        quiet = {"verbose": 0} if "verbose" in _signature(cls).parameters else {}
        return IsolatedEstimator(lambda: cls(**{**seeds, **quiet, **dict(self.parameters)}))

    def fit(self, split: HistorySplit, seed: int) -> PyodModel:
        """Fit it, and see that its score of a row is the row's own, and the same when it is fitted again.

        Raises:
            ModelError: It is not, or PyOD cannot fit it to such rows.
        """
        try:
            model = super().fit(split, seed)
            rows = (split.scale if split.scale.height >= PROBED else split.train).head(PROBED)
            scores, alone = model.score_rows(rows), [model.score_rows(rows[[i, i]])[:1] for i in range(rows.height)]
            again = replace(model, outlier=self.fitted(model.reference, seed)).score_rows(rows)
        except FAULTS as fault:
            raise make_error(ModelError, "pyod_cannot_fit", algorithm=self.algorithm, error=str(fault)) from fault
        if not np.allclose(scores, np.concatenate(alone), rtol=ALIKE, atol=ALIKE * float(np.abs(scores).max(initial=0.0))):
            raise make_error(ModelError, "pyod_depends_on_batch", algorithm=self.algorithm)
        if not np.array_equal(scores, again):
            raise make_error(ModelError, "pyod_varies", algorithm=self.algorithm)
        return model


def list_modules() -> Mapping[str, str]:
    """PyOD's modules of one detector each, by the detector's plain name."""
    import pyod.models

    left_out = {"base", "basedl", "sklearnbase", "gaalbase", "combination", "thresholds", "xgbod", "suod", "embedding", "audioae"}
    modules = {_plain(module.name): module.name for module in pkgutil.iter_modules(pyod.models.__path__) if not module.name.startswith(("_", "ts_", "pyg_"))}
    return {plain: name for plain, name in modules.items() if plain not in left_out}


def _class(plain: str) -> Any:  # noqa: ANN401  # PyOD carries no types
    module = importlib.import_module(f"pyod.models.{list_modules()[plain]}")
    own = [cls for _, cls in inspect.getmembers(module, inspect.isclass) if cls.__module__ == module.__name__]
    return next(cls for cls in own if _plain(cls.__name__) == plain)


def _signature(cls: Any) -> inspect.Signature:  # noqa: ANN401  # PyOD carries no types
    return inspect.signature(cls.__init__)


def _plain(name: str) -> str:
    return name.lower().replace("_", "")
