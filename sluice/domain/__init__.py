"""The words of the project as frozen values: no I/O, no clock."""

from __future__ import annotations

from sluice.domain.batch import UNSCORED, Arrival, Batch, Cleaned, Outcome, Score, Split, Staged, Verdict
from sluice.domain.comparisons import Change, Check, Comparison, Promotion, PromotionPolicy
from sluice.domain.costs import Cost, Curve, Probe, Proposal
from sluice.domain.counting import counted
from sluice.domain.frames import ACTION, EVIDENCE, FLAGS, RAW, RAW_TYPE, REASON_TYPE, REASONS, REPAIRS, RESERVED, ROW, RUN
from sluice.domain.models import Artifact, Model, ModelState
from sluice.domain.records import Decision, GatePolicy, Incident, Override, Request, RequestKind, Run
from sluice.domain.schema import Column, Schema
from sluice.domain.words import DIMENSIONS, WEIGHTS, Action, Dimension, Kind, Mode, Nature, OnFail, Severity, State, Status

__all__ = [
    "ACTION",
    "DIMENSIONS",
    "EVIDENCE",
    "FLAGS",
    "RAW",
    "RAW_TYPE",
    "REASONS",
    "REASON_TYPE",
    "REPAIRS",
    "RESERVED",
    "ROW",
    "RUN",
    "UNSCORED",
    "WEIGHTS",
    "Action",
    "Arrival",
    "Artifact",
    "Batch",
    "Change",
    "Check",
    "Cleaned",
    "Column",
    "Comparison",
    "Cost",
    "Curve",
    "Decision",
    "Dimension",
    "GatePolicy",
    "Incident",
    "Kind",
    "Mode",
    "Model",
    "ModelState",
    "Nature",
    "OnFail",
    "Outcome",
    "Override",
    "Probe",
    "Promotion",
    "PromotionPolicy",
    "Proposal",
    "Request",
    "RequestKind",
    "Run",
    "Schema",
    "Score",
    "Severity",
    "Split",
    "Staged",
    "State",
    "Status",
    "Verdict",
    "counted",
]
