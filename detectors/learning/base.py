"""What all learned detectors share: they are trained on accepted history, calibrated to a false-positive budget, and judge row by row."""

from __future__ import annotations

import functools
import hashlib
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
from detectors.features.serialization import unpack
from detectors.learning import history
from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import ErrorControl, Guarantee, compute_p_values
from detectors.learning.diagnostics import compute_diagnostics
from detectors.learning.history import HistorySplit
from detectors.learning.model import DetectorModel
from detectors.learning.monitor import PValueMonitor
from detectors.learning.online_update import MAX_CALIBRATION_ROWS, MAX_DIAGNOSTIC_ROWS, SHIFT_LIMIT, compute_metrics, partial_fit_model
from detectors.learning.reservoir import NO_CHECKSUMS, Reservoir
from sluice.config import Duration
from sluice.domain import EVIDENCE, Artifact, Batch, OnFail, Run, Schema, Severity, Verdict, counted
from sluice.errors import ModelError
from sluice.ports import Snapshot
from sluice.rules.evidence import anomaly_evidence


@dataclass(frozen=True)
class LearnedDetector(ABC):
    """A detector that learns; both Judge and Trainer.

    Attributes:
        schema: The dataset (filled in by the program).
        columns: The columns to look at; empty: all but keys, identifiers and personal ones.
        budget: The share of clean rows that may be flagged by mistake; of the flagged rows that may be clean, where `promise` is fdr.
        promise: How the budget is meant: budget (kept on average), sure (kept by this very model, with 95 % confidence) or fdr.
        contamination: The share of the accepted rows that is believed dirty, such as a look at a sample of them has shown. So many are not learned
            from, and of them, as far as errors are found that are planted into these rows, the strangest are left out where the threshold is
            read off. Where there is less dirt than that, clean rows are left out in its place, and as many more alarms are false.
        needs: The fewest accepted rows to learn from; before that the detector is skipped.
        sample: The most accepted rows to learn from, the newest ones.
        refit: How old a whole fit may grow before the next (such as 28d); empty: any age. History that has grown fourfold is fitted anew anyway.
        severity: Who is told.
        on_fail: What happens to a flagged row.
    """

    schema: Schema
    columns: tuple[str, ...] = ()
    budget: float = 0.01
    promise: Guarantee = "budget"
    contamination: float = 0.0
    needs: int = 5000
    sample: int = 60_000
    refit: Duration | None = None
    severity: Severity = "warning"
    on_fail: OnFail = "flag"

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        select_columns(self.schema, self.columns)
        if not 0 < self.budget < 1:
            raise ValueError("budget is a share of rows, between 0 and 1: 0.01 is one row in a hundred")
        if not 0 <= self.contamination < 0.5:
            raise ValueError("contamination is the share of the accepted rows that is believed dirty, from 0 to less than a half")
        if not 0 < self.needs <= self.sample:
            raise ValueError("needs must be at least 1 and no more than sample")
        if self._supported > self.sample:
            raise ValueError(
                f"a {self.promise} of {self.budget:g} takes {self._supported:,} accepted rows to be kept, and sample is {self.sample:,}: raise either"
            )

    @property
    def name(self) -> str:
        """Names the line of its models."""
        return f"{self.schema.dataset}.{self.rule}"

    @property
    def rule(self) -> str:
        """Names its Verdicts within the dataset."""
        return self.kind

    @property
    def stand_in(self) -> LearnedDetector | None:
        """A simpler detector that judges while there is too little history for this one; None: nothing does."""
        return None

    @property
    def fewest(self) -> int:
        """The fewest accepted rows that anything can be learned from."""
        other = self.stand_in
        return other.fewest if other else max(self.needs, self._supported)

    @property
    def _supported(self) -> int:
        """About how many accepted rows it takes until enough of them are left for the threshold."""
        return math.ceil(1.05 * self.promised.needs / (1 - history.SCALE_END))

    def acting(self, artifact: Artifact) -> LearnedDetector:
        """Whose model it is: this one's, or that of what stands in for it."""
        other = self.stand_in if artifact.card.get("kind", self.kind) != self.kind else None
        return other or self

    def changed(self, artifact: Artifact) -> list[str]:
        """The settings that differ from those a model was fitted with, but for those that only say how it is used."""
        kept, told = (json.loads(json.dumps(settings)) for settings in (artifact.card.get("settings", {}), self._settings()))
        return [name for name, value in told.items() if name not in USAGE_SETTINGS and name in kept and kept[name] != value]

    @property
    def promised(self) -> ErrorControl:
        """What is promised of false alarms."""
        return ErrorControl(self.promise, self.budget)

    @abstractmethod
    def fit(self, parts: HistorySplit, seed: int) -> DetectorModel:
        """Learn from `parts.train` and `parts.scale`; `parts.threshold` must not be looked at."""

    @abstractmethod
    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> DetectorModel:
        """The model that `DetectorModel.pack` gave; scores are the same to the last bit."""

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Learn from the newest accepted rows.

        Raises:
            ModelError: There are too few to learn from, or to calibrate the budget on.
        """
        other = self.stand_in
        if other and history.count_published(snapshot, self.schema) < self.needs:
            return self._wanting(other.train(snapshot, seed=seed))
        kept = snapshot.model(self.name)
        reservoir = self._reservoir(snapshot, self._serving(snapshot), self._unseen(kept, snapshot) if kept else frozenset())
        fitted = self.fit(reservoir.parts, seed)
        reservoir = reservoir.cleared(fitted, self.promised, self.contamination, select_columns(self.schema, self.columns), seed)
        trained = reservoir.calibrate(fitted, self.promised)
        card = self._card(snapshot, reservoir.rows, compute_metrics(trained, reservoir, frozenset(), self.promised), seed)
        return Artifact(trained.pack(), {**card, "picture": self._picture(trained, reservoir, snapshot)})

    def update(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Learn on from the runs that came since, and calibrate anew on the newest accepted rows; see `detectors.learning.online_update`.

        Raises:
            ModelError: Too few accepted rows are left to calibrate the budget on.
        """
        other = self.acting(artifact)
        if other is not self:
            return self._wanting(other.update(artifact, snapshot, seed=seed))
        serving, new = restore_model(self, artifact), self._unseen(artifact, snapshot)
        reservoir = self._reservoir(snapshot, serving, new).thinned(max(MAX_CALIBRATION_ROWS, 4 * self.promised.needs))
        trained = partial_fit_model(serving, reservoir, new, self.promised, seed)
        metrics = compute_metrics(trained, reservoir, new, self.promised)
        monitor = PValueMonitor.of(artifact.card).after(reservoir.fresh, len(serving.calibration))
        why = UNUSUAL if metrics.get("shift", 0.0) > SHIFT_LIMIT else DRIFTED if monitor.alarmed else ""
        asked = {"monitor": monitor.card(), **({"refit": why} if why else {})}
        card = {**self._card(snapshot, reservoir.rows, metrics, seed), "rows": artifact.card["rows"], **asked}
        return Artifact(trained.pack(), {**card, "picture": self._picture(trained, reservoir, snapshot, most=MAX_DIAGNOSTIC_ROWS)})

    def _wanting(self, artifact: Artifact) -> Artifact:
        """What stands in, with how many rows it makes room at."""
        return Artifact(artifact.tensors, {**artifact.card, "wants": self.needs})

    def _reservoir(self, snapshot: Snapshot, serving: CalibratedModel | None, new: frozenset[str]) -> Reservoir:
        rows = history.read_accepted(snapshot, self.schema, select_columns(self.schema, self.columns), needs=self.needs, sample=self.sample)
        return Reservoir.of(rows, history.is_from_runs(rows, new) & ~history.is_released(snapshot, self.schema, rows), serving, self.promised)

    def _unseen(self, artifact: Artifact, snapshot: Snapshot) -> frozenset[str]:
        """The runs that came since."""
        return frozenset(run.id for run in self._runs(snapshot)) - frozenset(map(str, cast("Sequence[object]", artifact.card.get("seen", ()))))

    def _serving(self, snapshot: Snapshot) -> CalibratedModel | None:
        """The model that serves; None where there is none, or none that can be read."""
        artifact = snapshot.model(self.name)
        try:
            return None if artifact is None else restore_model(self, artifact)
        except ModelError:
            return None

    def _picture(self, trained: CalibratedModel, reservoir: Reservoir, snapshot: Snapshot, most: int = 1 << 62) -> dict[str, object]:
        """Of no more than so many rows of the newest batch."""
        newest = history.read_newest_batch(snapshot, self.schema, select_columns(self.schema, self.columns))
        newest = newest.gather_every(max(math.ceil(newest.height / most), 1))
        return compute_diagnostics(trained.fitted, trained.calibration, reservoir.parts.scale.head(MAX_DIAGNOSTIC_ROWS), newest)

    def _runs(self, snapshot: Snapshot) -> list[Run]:
        return [run for run in snapshot.runs(self.schema.dataset) if run.kind != "audit"]

    def _card(self, snapshot: Snapshot, sampled: int, metrics: Mapping[str, float], seed: int) -> dict[str, Any]:
        runs = self._runs(snapshot)
        return {
            "kind": self.kind,
            "basis": snapshot.id,
            "budget": self.budget,
            "promise": self.promise,
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
        """Flag the rows whose p-value is within the budget; passed while they are no more than clean rows explain."""
        artifact, lacking_rows = snapshot.model(self.name), self.needs - history.count_accepted(snapshot, self.schema)
        if artifact is None:
            return [self._verdict(status="skipped", message=history.waiting_message(self.fewest - self.needs + lacking_rows))]
        other = self.acting(artifact)
        if other is not self:
            told = STANDS_IN.format(max(lacking_rows, 0))
            return [replace(verdict, message=f"{verdict.message}; {told}") for verdict in other.judge(batch, snapshot)]
        try:
            trained = restore_model(self, artifact)
        except ModelError as error:
            return [self._verdict(status="not_evaluated", message=MESSAGES[self.promise].format(self.budget), observed=str(error))]
        if len(trained.calibration) < self.promised.needs:
            lacking = f"its model was calibrated on {len(trained.calibration):,} rows, and a {self.promise} of {self.budget:g} takes {self.promised.needs:,}"
            return [self._verdict(status="skipped", message=lacking)]
        scores = trained.fitted.scores(batch.rows)
        p = compute_p_values(scores, trained.calibration)
        failing = self.promised.flags(p, len(trained.calibration))
        failed, near = int(failing.sum()), int(self.promised.borderline(scores, trained.calibration, trained.fitted.bound).sum())
        beyond = self.promised.broken(failed, len(p), len(trained.calibration))
        return [
            self._verdict(
                status="failed" if beyond else "passed",
                failing=pl.Series(self.kind, failing, dtype=pl.Boolean),
                rows=len(p),
                failed=failed,
                message=MESSAGES[self.promise].format(self.budget),
                observed=f"{failed:,} of {counted(len(p), 'row')} ({failed / max(len(p), 1):.2%})"
                + describe_gaps(batch.rows, self.schema, select_columns(self.schema, self.columns))
                + (NEAR.format(near) if near else ""),
                evidence=_evidence(batch.rows.filter(pl.Series(failing)), p[failing], trained.fitted),
            )
        ]

    def _verdict(self, **found: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        columns = select_columns(self.schema, self.columns)
        fingerprint = hashlib.sha256(json.dumps([self.kind, self._settings()], sort_keys=True).encode()).hexdigest()[:12]
        return Verdict(self.rule, "detector", "accuracy", self.severity, self.on_fail, columns=columns, fingerprint=fingerprint, **found)

    def _settings(self) -> dict[str, Any]:
        settings = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "schema"}
        settings["columns"] = select_columns(self.schema, self.columns)  # a declared column that comes or goes makes another model, too
        return {name: value.total_seconds() if isinstance(value, timedelta) else value for name, value in settings.items()}


def _evidence(rows: pl.DataFrame, p: NDArray[np.float64], fitted: DetectorModel) -> pl.DataFrame:
    return anomaly_evidence(rows, pl.Series(p), fitted.explain(rows)) if rows.height else pl.DataFrame(schema=EVIDENCE)


def restore_model(detector: LearnedDetector, artifact: Artifact) -> CalibratedModel:
    """A model that was saved, by the detector itself or by what stood in for it.

    Raises:
        ModelError: It is damaged, of another version, or was fitted with settings that make another model of it.
    """
    acting = detector.acting(artifact)
    if changed := acting.changed(artifact):
        raise ModelError(f"{', '.join(changed)} changed since {detector.name} was fitted; the next batch has it fitted anew")
    return _unpack_cached(acting, artifact.tensors)


@functools.lru_cache(maxsize=16)
def _unpack_cached(detector: LearnedDetector, tensors: bytes) -> CalibratedModel:
    """Models are kept at hand: a batch is judged up to three times by the same one."""
    arrays, meta = unpack(tensors)
    try:
        return CalibratedModel(detector.restore(arrays, meta), arrays["calibration"], arrays.get("left", NO_CHECKSUMS))
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ModelError(f"the model of {detector.name} is damaged or of another version; `sluice detectors refit {detector.name}` makes a new one") from error


USAGE_SETTINGS = ("budget", "promise", "needs", "sample", "refit", "severity", "on_fail", "device")  # settings that make no other model
NEAR = "; {:,} so near the threshold that another device may decide otherwise"
STANDS_IN = "histograms of the columns stand in until {:,} more rows are accepted"
DRIFTED = "rows have grown more, or less, unusual from batch to batch"
UNUSUAL = "the newest rows are not as usual as those accepted before, even after they were learned from"
MESSAGES: Mapping[Guarantee, str] = {
    "budget": "no more than {:.2%} of the rows are as unusual as the most unusual accepted ones",
    "sure": "surely no more than {:.2%} of the rows are as unusual as the most unusual accepted ones",
    "fdr": "no row is so unusual that, of all rows as unusual, no more than {:.2%} would be clean",
}
