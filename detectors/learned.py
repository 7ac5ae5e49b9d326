"""What all learned detectors share: they are trained on accepted history, calibrated to a false-positive budget, and judge row by row."""

from __future__ import annotations

import functools
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors import history
from detectors.calibration import Mode, Promise, calibrated, p_values
from detectors.columns import chosen
from detectors.history import Parts
from detectors.packing import pack, unpack
from sluice.domain import EVIDENCE, ROW, Artifact, Batch, OnFail, Schema, Severity, Verdict
from sluice.ports import Snapshot


class Fitted(Protocol):
    """A trained model: scores and explains rows, each by itself."""

    def scores(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """One finite number a row; the higher, the stranger."""
        ...

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row a row: `columns` to blame, the worst first, and the value `expected` of the worst as text, or null."""
        ...

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """As arrays and as JSON, for `Learned.restore`."""
        ...


@dataclass(frozen=True)
class Learned(ABC):
    """A detector that learns; both Judge and Trainer.

    Attributes:
        schema: The dataset (filled in by the program).
        columns: The columns to look at; empty: all but keys, identifiers and personal ones.
        budget: The share of clean rows that may be flagged by mistake; of the flagged rows that may be clean, where `promise` is fdr.
        promise: How the budget is meant: budget (kept on average), sure (kept by this very model, with 95 % confidence) or fdr.
        needs: The fewest accepted rows to learn from; before that the detector is skipped.
        sample: The most accepted rows to learn from, the newest ones.
        severity: Who is told.
        on_fail: What happens to a flagged row.
    """

    schema: Schema
    columns: tuple[str, ...] = ()
    budget: float = 0.01
    promise: Mode = "budget"
    needs: int = 5000
    sample: int = 40_000
    severity: Severity = "warning"
    on_fail: OnFail = "flag"

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        chosen(self.schema, self.columns)
        if not 0 < self.budget < 1:
            raise ValueError("budget is a share of rows, between 0 and 1: 0.01 is one row in a hundred")
        if not 0 < self.needs <= self.sample:
            raise ValueError("needs must be at least 1 and no more than sample")

    @property
    def name(self) -> str:
        """Names the line of its models."""
        return f"{self.schema.dataset}.{self.kind}"

    @property
    def promised(self) -> Promise:
        """What is promised of false alarms."""
        return Promise(self.promise, self.budget)

    @abstractmethod
    def fit(self, parts: Parts, seed: int) -> Fitted:
        """Learn from `parts.train` and `parts.scale`; `parts.threshold` must not be looked at."""

    @abstractmethod
    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Fitted:
        """The model that `Fitted.pack` gave; scores are the same to the last bit."""

    def train(self, past: Snapshot, *, seed: int) -> Artifact:
        """Learn from the newest accepted rows.

        Raises:
            ModelError: There are too few to learn from, or to calibrate the budget on.
        """
        names = chosen(self.schema, self.columns)
        rows = history.accepted(past, self.schema, names, needs=self.needs, sample=self.sample)
        parts = Parts.of(rows, seed)
        fitted = self.fit(parts, seed)
        calibration = calibrated(fitted.scores(parts.threshold), self.promised)
        achieved = float(self.promised.flags(p_values(fitted.scores(parts.scale), calibration), len(calibration)).mean())
        arrays, meta = fitted.pack()
        metrics = {"calibration_rows": len(calibration), "false_positive_rate": achieved}
        return Artifact(pack({**arrays, "calibration": calibration}, meta), self._card(past, rows.height, names, metrics, seed))

    def _card(self, past: Snapshot, rows: int, columns: Sequence[str], metrics: Mapping[str, float], seed: int) -> dict[str, Any]:
        runs = [{"id": run.id, "score": run.published.value} for run in past.runs(self.schema.dataset) if run.kind != "audit"]
        accepted = history.count(past, self.schema)
        learned = {"rows": accepted, "sampled": rows, "columns": list(columns), "runs": runs}
        return {"kind": self.kind, "basis": past.id, "budget": self.budget, "metrics": metrics, "settings": self._settings(), "seed": seed, **learned}

    def judge(self, batch: Batch, past: Snapshot) -> Sequence[Verdict]:
        """Flag the rows whose p-value is within the budget; passed while they are no more than clean rows explain."""
        artifact = past.model(self.name)
        if artifact is None:
            return [self._verdict(status="skipped", message=history.waits_for(self.needs - history.count(past, self.schema)))]
        trained = _trained(self, artifact.tensors)
        p = p_values(trained.fitted.scores(batch.rows), trained.calibration)
        failing = self.promised.flags(p, len(trained.calibration))
        failed = int(failing.sum())
        beyond = self.promised.broken(failed, len(p), len(trained.calibration))
        return [
            self._verdict(
                status="failed" if beyond else "passed",
                failing=pl.Series(self.kind, failing, dtype=pl.Boolean),
                rows=len(p),
                failed=failed,
                message=f"no more than {self.budget:.2%} of the rows are as unusual as the most unusual accepted ones",
                observed=f"{failed:,} of {len(p):,} rows ({failed / max(len(p), 1):.2%})",
                evidence=self._evidence(batch.rows.filter(pl.Series(failing)), p[failing], trained.fitted),
            )
        ]

    def _evidence(self, rows: pl.DataFrame, p: NDArray[np.float64], fitted: Fitted) -> pl.DataFrame:
        if rows.is_empty():
            return pl.DataFrame(schema=EVIDENCE)
        told = fitted.explain(rows)
        worst = pl.col("columns").list.first().fill_null("the row")
        message = pl.concat_str(worst, pl.lit(" is unusual, given the rest of its row (p = "), pl.col("score").round_sig_figs(2).cast(pl.String), pl.lit(")"))
        return told.with_columns(rows[ROW], pl.Series("score", p)).with_columns(message=message).select(*EVIDENCE).cast(EVIDENCE)

    def _verdict(self, **found: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        columns = chosen(self.schema, self.columns)
        fingerprint = hashlib.sha256(json.dumps([self.kind, self._settings()], sort_keys=True).encode()).hexdigest()[:12]
        return Verdict(self.kind, "detector", "accuracy", self.severity, self.on_fail, columns=columns, fingerprint=fingerprint, **found)

    def _settings(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "schema"}


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model at hand, with the sorted scores of its calibration rows."""

    fitted: Fitted
    calibration: NDArray[np.float64]

    @classmethod
    def of(cls, detector: Learned, tensors: bytes) -> Self:
        """Unpack it.

        Raises:
            ModelError: It is damaged, or of another detector.
        """
        arrays, meta = unpack(tensors)
        return cls(detector.restore(arrays, meta), arrays["calibration"])


@functools.lru_cache(maxsize=16)
def _trained(detector: Learned, tensors: bytes) -> Trained:
    """Models are kept at hand: a batch is judged up to three times by the same one."""
    return Trained.of(detector, tensors)
