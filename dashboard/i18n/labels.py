"""The program's own words as people read them; translated like every other text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dashboard.i18n.language import tr

WORDS: Mapping[str, str] = {
    "open": "Open",
    "closed": "Closed",
    "unknown": "Unknown",
    "passed": "Passed",
    "failed": "Failed",
    "not_evaluated": "Could not run",
    "skipped": "Skipped",
    "undecided": "Too few to tell",
    "told": "Told, not counted",
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
    "arrival": "As it arrived",
    "cleaned": "After cleaning",
    "published": "Published",
    "intent": "Being published",
    "ingest": "New batch",
    "release": "Release",
    "replay": "Judged again",
    "undo": "Undo of repairs",
    "audit": "Audit",
    "reject": "Rejection",
    "retrain": "Retraining",
    "rollback": "Roll-back",
    "refit": "Whole fit",
    "override": "Opening the gate",
    "run": "Run now",
    "held": "Held",
    "released": "Released",
    "rejected": "Rejected",
    "pending": "Waiting",
    "done": "Done",
    "refused": "Refused",
    "acknowledged": "Acknowledged",
    "resolved": "Resolved",
    "evaluating": "Being evaluated",
    "blessed": "Good enough to serve",
    "champion": "Serving",
    "retired": "Retired",
    "rolled_back": "Rolled back",
}


def word(value: str) -> str:
    """A word of the program in the reader's language; one that is not known stays as it is."""
    return tr(WORDS[value]) if value in WORDS else value


def namer(values: Iterable[str], *, every: str = "") -> Callable[[str | None], str]:
    """Names the choices of a widget, in the language of the page that draws it; `every` names the choice None."""
    names: Mapping[str | None, str] = {None: every, **{value: word(value) for value in values}}
    return names.__getitem__
