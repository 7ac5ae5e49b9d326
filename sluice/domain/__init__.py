"""Define the project's terms as frozen values: no I/O, no clock."""

from __future__ import annotations

from sluice.domain.batch import UNSCORED, Arrival, Batch, Cleaned, Outcome, Score, Split, Staged, Verdict
from sluice.domain.comparisons import Comparison, MetricDifference, Promotion, PromotionCheck, PromotionPolicy
from sluice.domain.costs import Cost, Curve, Probe, Proposal
from sluice.domain.counting import counted
from sluice.domain.frames import ACTION, EVIDENCE, FLAGS, MASK, RAW, RAW_TYPE, REASON_TYPE, REASONS, REPAIRS, RESERVED, ROW, RUN, message_column
from sluice.domain.message import EMPTY, Message
from sluice.domain.models import Artifact, Model, ModelState
from sluice.domain.read_options import FileFormat, Guard, ReadOptions
from sluice.domain.records import Decision, GatePolicy, Incident, Override, ReferenceRule, Rejudge, Request, RequestKind, Run
from sluice.domain.renamed import MODEL_KINDS, STORED_NAMES, canonical, canonical_kind, original, original_kind
from sluice.domain.repair_ids import advance_steps, repair_id, repair_step
from sluice.domain.schema import Column, Schema
from sluice.domain.words import DIMENSIONS, WEIGHTS, Dimension, GateState, Mode, Nature, OnFail, RowAction, RunKind, Severity, Status

__all__ = [
    "ACTION",
    "DIMENSIONS",
    "EMPTY",
    "EVIDENCE",
    "FLAGS",
    "MASK",
    "MODEL_KINDS",
    "RAW",
    "RAW_TYPE",
    "REASONS",
    "REASON_TYPE",
    "REPAIRS",
    "RESERVED",
    "ROW",
    "RUN",
    "STORED_NAMES",
    "UNSCORED",
    "WEIGHTS",
    "Arrival",
    "Artifact",
    "Batch",
    "Cleaned",
    "Column",
    "Comparison",
    "Cost",
    "Curve",
    "Decision",
    "Dimension",
    "FileFormat",
    "GatePolicy",
    "GateState",
    "Guard",
    "Incident",
    "Message",
    "MetricDifference",
    "Mode",
    "Model",
    "ModelState",
    "Nature",
    "OnFail",
    "Outcome",
    "Override",
    "Probe",
    "Promotion",
    "PromotionCheck",
    "PromotionPolicy",
    "Proposal",
    "ReadOptions",
    "ReferenceRule",
    "Rejudge",
    "Request",
    "RequestKind",
    "RowAction",
    "Run",
    "RunKind",
    "Schema",
    "Score",
    "Severity",
    "Split",
    "Staged",
    "Status",
    "Verdict",
    "advance_steps",
    "canonical",
    "canonical_kind",
    "counted",
    "message_column",
    "original",
    "original_kind",
    "repair_id",
    "repair_step",
]
