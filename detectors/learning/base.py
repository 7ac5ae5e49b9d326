"""Train, update and judge: what all learned detectors share."""

from __future__ import annotations

import functools
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, ClassVar, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.features.columns import describe_gaps, select_columns
from detectors.learning import history, messages
from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import ErrorControl, Guarantee, compute_p_values
from detectors.learning.diagnostics import compute_diagnostics
from detectors.learning.fingerprint import current_settings, fingerprint
from detectors.learning.history import HistorySplit
from detectors.learning.model import DetectorModel
from detectors.learning.monitor import PValueMonitor
from detectors.learning.online_update import MAX_CALIBRATION_ROWS, MAX_DIAGNOSTIC_ROWS, SHIFT_LIMIT, compute_metrics, partial_fit_model
from detectors.learning.reservoir import Reservoir
from detectors.learning.restored import pack_model, restore_model
from sluice.config import Duration
from sluice.domain import Artifact, Batch, Message, OnFail, Part, Run, Schema, Severity, Tally, Verdict, canonical
from sluice.errors import InvalidValue, ModelError
from sluice.messages import make_error
from sluice.messages.failures import error_message
from sluice.ports import Needs, Snapshot
from sluice.rules.evidence import anomaly_evidence

USAGE_SETTINGS = ("max_fpr", "guarantee", "min_rows", "max_rows", "refit_interval", "severity", "on_fail", "device")  # settings that make no other model
NO_LIMIT = 1 << 62


@dataclass(frozen=True)
class LearnedDetector(ABC):
    """Learn from accepted history, calibrate to a false positive rate, and judge row by row; both Judge and Trainer.

    Attributes:
        schema: The dataset (filled in by the program).
        columns: Columns to use; empty: all but keys, identifiers and personal columns.
        max_fpr: Highest share of clean rows that may be flagged by mistake, 0 to 1; with `guarantee: fdr`, of the flagged rows that may be clean.
        guarantee: How the rate is controlled: marginal (on average), conditional (by this very model, with 95 % confidence) or fdr (false
            discovery rate).
        contamination: Share of the accepted rows that is believed erroneous, 0 to 0.5, such as a look at a sample has shown. That share is not
            learned from, and of it, as far as injected errors are detected in these rows, the most anomalous rows are excluded from the
            calibration. If there are fewer errors than that, clean rows are excluded instead, and the false positive rate rises accordingly.
        min_rows: Smallest number of accepted rows to learn from; below it the detector is skipped.
        max_rows: Largest number of accepted rows to learn from, the newest ones.
        refit_interval: Age of a full fit after which the next is due (such as 28d); empty: any age. History that has grown fourfold is refitted
            in any case.
        severity: Severity of the verdict.
        on_fail: What happens to a flagged row.
    """

    schema: Schema
    columns: tuple[str, ...] = ()
    max_fpr: float = 0.01
    guarantee: Guarantee = "marginal"
    contamination: float = 0.0
    min_rows: int = 5000
    max_rows: int = 60_000
    refit_interval: Duration | None = None
    severity: Severity = "warning"
    on_fail: OnFail = "flag"

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        select_columns(self.schema, self.columns)
        if not 0 < self.max_fpr < 1:
            raise make_error(InvalidValue, "row_share_unfit")
        if not 0 <= self.contamination < 0.5:
            raise make_error(InvalidValue, "contamination_unfit")
        if not 0 < self.min_rows <= self.max_rows:
            raise make_error(InvalidValue, "min_rows_unfit")
        if self._min_calibrated_rows > self.max_rows:
            raise make_error(InvalidValue, "max_rows_too_few", control=self.error_control.describe(), needed=self._min_calibrated_rows, max_rows=self.max_rows)

    @property
    def name(self) -> str:
        """Return the name of its registered model, `dataset.rule`."""
        return f"{self.schema.dataset}.{self.rule}"

    @property
    def rule(self) -> str:
        """Return the name of its rule within the dataset."""
        return self.kind

    @property
    def fallback(self) -> LearnedDetector | None:
        """Return a simpler detector that judges while there is too little history for this one; None: there is none."""
        return None

    @property
    def min_training_rows(self) -> int:
        """Return the smallest number of accepted rows that it, or its fallback, can learn from."""
        return self.fallback.min_training_rows if self.fallback else max(self.min_rows, self._min_calibrated_rows)

    @property
    def _min_calibrated_rows(self) -> int:
        """Estimate how many accepted rows are needed for enough calibration rows."""
        return math.ceil(1.05 * self.error_control.min_calibration_rows / (1 - history.SCALE_END))

    def detector_for(self, artifact: Artifact) -> LearnedDetector:
        """Return the detector that a model belongs to: this one, or its fallback."""
        fallback = self.fallback if canonical(str(artifact.card.get("kind", self.kind))) != self.kind else None
        return fallback or self

    def changed_settings(self, artifact: Artifact) -> list[str]:
        """Name the settings that differ from those a model was fitted with, except those that only affect its use."""
        card = artifact.card.get("settings", {})
        fitted = current_settings(str(artifact.card.get("kind", self.kind)), json.loads(json.dumps(card)) if isinstance(card, Mapping) else {})
        present = json.loads(json.dumps(self._settings()))
        return [name for name, value in present.items() if name not in USAGE_SETTINGS and name in fitted and fitted[name] != value]

    @property
    def error_control(self) -> ErrorControl:
        """Return the rate of false positives that is controlled."""
        return ErrorControl(self.guarantee, self.max_fpr)

    @abstractmethod
    def fit(self, split: HistorySplit, seed: int) -> DetectorModel:
        """Fit a model on `split.train` and `split.scale`; `split.calibration` must not be used."""

    @abstractmethod
    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> DetectorModel:
        """Restore the model that `DetectorModel.pack` gave; its scores are the same to the last bit."""

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Fit on the newest accepted rows.

        Raises:
            ModelError: There are too few to learn from, or to calibrate on.
        """
        fallback = self.fallback
        if fallback and history.count_published(snapshot, self.schema) < self.min_rows:
            return self._mark_as_fallback(fallback.train(snapshot, seed=seed))
        champion = snapshot.model(self.name)
        reservoir = self._reservoir(snapshot, self._serving(snapshot), self._new_runs(champion, snapshot) if champion else frozenset())
        model = self.fit(reservoir.split, seed)
        reservoir = reservoir.exclude_contamination(model, self.error_control, self.contamination, select_columns(self.schema, self.columns), seed)
        trained = reservoir.calibrate(model, self.error_control)
        card = self._card(snapshot, reservoir.rows, compute_metrics(trained, reservoir, frozenset(), self.error_control), seed)
        return Artifact(pack_model(self, trained), {**card, "picture": self._diagnostics(trained, reservoir, snapshot)})

    def partial_fit(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Learn from the runs since the last update, and recalibrate on the newest accepted rows; see `detectors.learning.online_update`.

        Raises:
            ModelError: Too few accepted rows are left to calibrate on.
        """
        detector = self.detector_for(artifact)
        if detector is not self:
            return self._mark_as_fallback(detector.partial_fit(artifact, snapshot, seed=seed))
        serving, new = restore_model(self, artifact), self._new_runs(artifact, snapshot)
        limit = max(MAX_CALIBRATION_ROWS, 4 * self.error_control.min_calibration_rows)
        reservoir = self._reservoir(snapshot, serving, new).limit(limit)
        trained = partial_fit_model(serving, reservoir, new, self.error_control, seed)
        metrics = compute_metrics(trained, reservoir, new, self.error_control)
        monitor = PValueMonitor.from_card(artifact.card).update(reservoir.new_p_values, len(serving.calibration_scores))
        reason = messages.SHIFTED if metrics.get("shift", 0.0) > SHIFT_LIMIT else messages.DRIFTED if monitor.is_alarmed else None
        card = {**self._card(snapshot, reservoir.rows, metrics, seed), "rows": artifact.card["rows"], "monitor": monitor.to_card()}
        if reason:
            card["refit"] = reason.to_json()
        return Artifact(pack_model(self, trained), {**card, "picture": self._diagnostics(trained, reservoir, snapshot, max_rows=MAX_DIAGNOSTIC_ROWS)})

    def _mark_as_fallback(self, artifact: Artifact) -> Artifact:
        """Note on a fallback's card at how many rows it is replaced."""
        return Artifact(artifact.tensors, {**artifact.card, "wants": self.min_rows})

    def _reservoir(self, snapshot: Snapshot, serving: CalibratedModel | None, new: frozenset[str]) -> Reservoir:
        columns = select_columns(self.schema, self.columns)
        rows = history.read_accepted(snapshot, self.schema, columns, min_rows=self.min_rows, max_rows=self.max_rows)
        is_new = history.is_from_runs(rows, new) & ~history.is_released(snapshot, self.schema, rows)
        return Reservoir.build(rows, is_new, serving, self.error_control)

    def _new_runs(self, artifact: Artifact, snapshot: Snapshot) -> frozenset[str]:
        """Return the runs that a model has not learned from."""
        return frozenset(run.id for run in self._runs(snapshot)) - frozenset(map(str, cast("Sequence[object]", artifact.card.get("seen", ()))))

    def _serving(self, snapshot: Snapshot) -> CalibratedModel | None:
        """Return the model that serves; None if there is none, or none that can be read."""
        artifact = snapshot.model(self.name)
        try:
            return None if artifact is None else restore_model(self, artifact)
        except ModelError:
            return None

    def _diagnostics(self, trained: CalibratedModel, reservoir: Reservoir, snapshot: Snapshot, max_rows: int = NO_LIMIT) -> dict[str, object]:
        """Compute diagnostics on at most this many rows of the newest batch."""
        newest = history.read_newest_batch(snapshot, self.schema, select_columns(self.schema, self.columns))
        newest = newest.gather_every(max(math.ceil(newest.height / max_rows), 1))
        return compute_diagnostics(trained.model, trained.calibration_scores, reservoir.split.scale.head(MAX_DIAGNOSTIC_ROWS), newest)

    def _runs(self, snapshot: Snapshot) -> list[Run]:
        return [run for run in snapshot.runs(self.schema.dataset) if run.adds_rows]

    def _card(self, snapshot: Snapshot, sampled: int, metrics: Mapping[str, float], seed: int) -> dict[str, Any]:
        runs = self._runs(snapshot)
        return {
            "kind": self.kind,
            "basis": snapshot.id,
            "max_fpr": self.max_fpr,
            "guarantee": self.guarantee,
            "metrics": metrics,
            "settings": self._settings(),
            "seed": seed,
            "rows": history.count_accepted(snapshot, self.schema),
            "sampled": sampled,
            "columns": list(select_columns(self.schema, self.columns)),
            "runs": [{"id": run.id, "score": run.published.value} for run in runs],
            "seen": [run.id for run in runs],
        }

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Flag the rows whose p-value is within the controlled rate; the verdict passes while clean rows can explain their number."""
        artifact, missing = snapshot.model(self.name), self.min_rows - history.count_accepted(snapshot, self.schema)
        if artifact is None:
            return [self._verdict(status="skipped", message=history.waiting_message(self.min_training_rows - self.min_rows + missing))]
        detector = self.detector_for(artifact)
        if detector is not self:
            note = Message.of("fallback_judges", rows=max(missing, 0))
            return [replace(verdict, message=Message.join([verdict.message, note])) for verdict in detector.judge(batch, snapshot)]
        try:
            trained = restore_model(self, artifact)
        except ModelError as error:
            return [self._verdict(status="not_evaluated", message=messages.anomaly_message(self.error_control), observed=error_message(error))]
        if len(trained.calibration_scores) < self.error_control.min_calibration_rows:
            return [self._verdict(status="skipped", message=messages.too_few_calibration_rows(self.error_control, len(trained.calibration_scores)))]
        return [self._judge(batch, trained)]

    @property
    def needs(self) -> Needs:
        """Return that it asks for what it must know of other rows: each row is scored by itself."""
        return Needs()

    def _judge(self, batch: Batch, trained: CalibratedModel) -> Verdict:
        control, calibration, rows = self.error_control, trained.calibration_scores, batch.rows
        scores = trained.model.score_rows(rows) if rows.height else np.zeros(0)
        p, limit = compute_p_values(scores, calibration), functools.partial(self._discovery_limit, batch.part)
        failing = control.flag(p, len(calibration), limit)
        borderline = control.borderline(scores, calibration, trained.model.score_tolerance, limit)
        judged, failed, uncertain = batch.part.total(f"{self.rule} counts", (len(p), int(failing.sum()), int(borderline.sum())))
        flagged = rows.filter(pl.Series(failing, dtype=pl.Boolean))
        return self._verdict(
            status="failed" if control.is_exceeded(failed, judged, len(calibration)) else "passed",
            failing=pl.Series(self.kind, failing, dtype=pl.Boolean),
            rows=judged,
            failed=failed,
            message=messages.anomaly_message(control),
            observed=messages.observed_message(failed, judged, uncertain, describe_gaps(batch, self.schema, select_columns(self.schema, self.columns))),
            evidence=anomaly_evidence(flagged, pl.Series(p[failing]), trained.model.explain(flagged) if flagged.height else pl.DataFrame()),
        )

    def _discovery_limit(self, part: Part, counts: Tally) -> float:
        """Return the largest p-value of a batch that is flagged; a part waits for it, since its rows say little of those of the others."""
        everywhere = part.total(f"{self.rule} p-values", counts)
        part.wait()
        limit = self.error_control.discovery_limit(everywhere)
        part.confirm(f"{self.rule} limit", limit)
        return limit

    def _verdict(self, **facts: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        columns = select_columns(self.schema, self.columns)
        rule_hash = fingerprint(self.kind, self._settings())
        return Verdict(self.rule, "detector", "accuracy", self.severity, self.on_fail, columns=columns, fingerprint=rule_hash, **facts)

    def _settings(self) -> dict[str, Any]:
        settings = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "schema"}
        settings["columns"] = select_columns(self.schema, self.columns)  # a declared column that is added or removed makes another model, too
        return {name: value.total_seconds() if isinstance(value, timedelta) else value for name, value in settings.items()}
