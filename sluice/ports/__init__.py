"""Declare the protocols between the packages: what each offers to, and expects of, the others."""

from __future__ import annotations

from sluice.ports.judging import Cleaner, IncrementalTrainer, Judge, PValues, Reconciled, Reconciler, Scorer, Snapshot, Source, Steps, Trainer
from sluice.ports.storing import (
    ActivityLog,
    DecisionLog,
    IngestStore,
    LearningStore,
    Lease,
    Leasing,
    ModelRegistry,
    ModelStore,
    ModelVersions,
    PublishingStore,
    Quarantine,
    QuarantineStore,
    RetrainingStore,
    SnapshotReader,
)
from sluice.ports.worker import ArrivalEvaluator, Auditor, ChallengerTrainer, CostProber, OutcomePublisher, Progress, Rejudger, RepairUndoer, WorkerTasks

__all__ = [
    "ActivityLog",
    "ArrivalEvaluator",
    "Auditor",
    "ChallengerTrainer",
    "Cleaner",
    "CostProber",
    "DecisionLog",
    "IncrementalTrainer",
    "IngestStore",
    "Judge",
    "LearningStore",
    "Lease",
    "Leasing",
    "ModelRegistry",
    "ModelStore",
    "ModelVersions",
    "OutcomePublisher",
    "PValues",
    "Progress",
    "PublishingStore",
    "Quarantine",
    "QuarantineStore",
    "Reconciled",
    "Reconciler",
    "Rejudger",
    "RepairUndoer",
    "RetrainingStore",
    "Scorer",
    "Snapshot",
    "SnapshotReader",
    "Source",
    "Steps",
    "Trainer",
    "WorkerTasks",
]
