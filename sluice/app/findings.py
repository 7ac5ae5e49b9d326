"""List what the rules of a run reported, whether or not it held a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sluice.app.app import App
from sluice.domain import Message, Run
from sluice.messages import render
from sluice.store.dashboard_queries import StoredVerdict, run_verdicts

_READ_IN_DOUBT = ("column_matched", "columns_known", "file_grew", "file_repeats", "order_unknown")  # rules of the schema that hold nothing
_HOLDING = ("cast", "key_present", "key_unique")  # rules of the schema that hold rows which no cleaner could mend
_UNMENDED = ("normalize_text:damaged_code", "deduplicate:overlap", "deduplicate:other_row")  # other cleaners hold or repair what they find, which is counted
MAX_LINES = 10  # of one run; `sluice check` and the dashboard show all


def finding_lines(app: App, runs: Sequence[Run], language: str = "en") -> Iterator[str]:
    """Yield a line for each finding on an arrival; those of a run beyond ten are counted.

    Findings are rules of the suite that failed or could not run, cells that do not fit their type and keys that are blank or repeated once the rows
    were cleaned, names and times of the file that were read in doubt, columns that are not declared, a file that was published before under another
    name, and what a cleaner saw and could not mend, such as the lost digits of a code.

    Args:
        app: The application.
        runs: Published runs.
        language: Language of the lines.
    """
    for run in runs:
        verdicts = run_verdicts(app.store, run.id)
        failed, cleaned = (
            [verdict for verdict in verdicts if _is_finding(verdict)],
            {verdict.rule: verdict for verdict in verdicts if verdict.phase == "cleaned"},
        )
        place = f"{run.dataset} {Path(run.uri).name or run.id}"
        for verdict in failed[:MAX_LINES]:
            rule = _name_of_cleaner(verdict) if verdict.nature == "cleaner" else verdict.rule
            messages = tuple(message for message in (verdict.message, _observed(verdict, cleaned)) if message)
            yield render(Message.of("finding", place=place, rule=rule, messages=messages, severity=verdict.severity), language)
        if len(failed) > MAX_LINES:
            yield render(Message.of("findings_more", place=place, more=len(failed) - MAX_LINES), language)


def _name_of_cleaner(verdict: StoredVerdict) -> str:
    """Return the name of a cleaner as in sluice.yaml, with the columns where it names some; what follows in the rule is a code of its own."""
    cleaner = verdict.rule.partition(":")[0]
    return f"{cleaner}:{','.join(verdict.columns)}" if verdict.columns else cleaner


def _observed(verdict: StoredVerdict, cleaned: Mapping[str, StoredVerdict]) -> Message:
    """Return what a rule observed; where it counts other rows once they were cleaned, as its incident does, both, each with what it is of."""
    later = cleaned.get(verdict.rule)
    if later is None or not later.rows or (later.rows, later.failed) == (verdict.rows, verdict.failed):
        return verdict.observed
    return Message.of("counted_twice", arrived=verdict.observed, cleaned=later.observed)


def _is_finding(verdict: StoredVerdict) -> bool:
    if verdict.status not in ("failed", "not_evaluated"):
        return False
    if verdict.nature == "cleaner":
        return verdict.rule in _UNMENDED
    rule = verdict.rule.partition(":")[0]
    if rule in _HOLDING:
        return verdict.phase == "cleaned"
    return verdict.phase == "arrival" and (verdict.nature == "expectation" or rule in _READ_IN_DOUBT)
