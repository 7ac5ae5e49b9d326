"""Name stored words (states, kinds, dimensions) in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dashboard.i18n.language import tr

LABELS: Mapping[str, str] = {
    "open": "Open",
    "closed": "Closed",
    "unknown": "Unknown",
    "passed": "Passed",
    "failed": "Failed",
    "not_evaluated": "Not evaluated",
    "skipped": "Skipped",
    "undecided": "Too few users",
    "informative": "Not decisive",
    "critical": "Critical",
    "warning": "Warning",
    "info": "Info",
    "completeness": "Completeness",
    "validity": "Validity",
    "uniqueness": "Uniqueness",
    "consistency": "Consistency",
    "timeliness": "Timeliness",
    "accuracy": "Accuracy",
    "volume": "Volume",
    "schema": "Schema",
    "expectation": "Expectation",
    "detector": "Detector",
    "cleaner": "Cleaner",
    "arrival": "On arrival",
    "cleaned": "After cleaning",
    "published": "Published",
    "intent": "Being published",
    "ingest": "New batch",
    "release": "Release",
    "replay": "Replay",
    "undo": "Undo of repairs",
    "rebuild": "Rebuild",
    "audit": "Audit",
    "reject": "Rejection",
    "retrain": "Retraining",
    "rollback": "Rollback",
    "refit": "Full refit",
    "override": "Gate override",
    "run": "Run now",
    "held": "Held",
    "released": "Released",
    "rejected": "Rejected",
    "copy": "Copy",
    "superseded": "Superseded",
    "pending": "Pending",
    "taken": "In progress",
    "done": "Done",
    "refused": "Refused",
    "acknowledged": "Acknowledged",
    "resolved": "Resolved",
    "evaluating": "Being evaluated",
    "blessed": "Ready to serve",
    "champion": "Champion",
    "retired": "Retired",
    "rolled_back": "Rolled back",
}


def label(value: str) -> str:
    """Return the label of a stored word in the reader's language; an unknown word stays as it is."""
    return tr(LABELS[value]) if value in LABELS else value


def choice_labels(values: Iterable[str], *, all_label: str = "") -> Callable[[str | None], str]:
    """Return a function that names the choices of a widget; `all_label` names the choice None."""
    names: Mapping[str | None, str] = {None: all_label, **{value: label(value) for value in values}}
    return names.__getitem__
