"""Define the words of enumerations, and the weights of severities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["critical", "warning", "info"]
OnFail: TypeAlias = Literal["quarantine", "repair", "flag", "block"]
Status: TypeAlias = Literal["passed", "failed", "not_evaluated", "skipped"]
Dimension: TypeAlias = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy", "volume"]
Nature: TypeAlias = Literal["schema", "expectation", "detector", "cleaner"]
Mode: TypeAlias = Literal["append", "snapshot", "upsert"]
RunKind: TypeAlias = Literal["ingest", "release", "replay", "recheck", "undo", "undo_release", "audit", "rebuild", "map_values"]
IncidentState: TypeAlias = Literal["open", "acknowledged", "expected", "resolved"]
IncidentAction: TypeAlias = Literal["acknowledge", "resolve", "expect", "mute", "assign", "comment", "reopen"]
IncidentCause: TypeAlias = Literal["planned_change", "promotion", "season", "known_fault", "test_data", "other"]
GateState: TypeAlias = Literal["open", "closed", "unknown"]
OnChange: TypeAlias = Literal["keep", "replace", "hold"]
RowAction: TypeAlias = Literal["keep", "repaired", "order_unknown"]

MAX_SHRINK = "max_shrink"  # the rule that holds a snapshot that lost most of its rows or cells; a steward who waives it lets it replace the table

DIMENSIONS: tuple[Dimension, ...] = ("completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy", "volume")
WEIGHTS: Mapping[Severity, float] = {"critical": 3.0, "warning": 1.0, "info": 0.0}
