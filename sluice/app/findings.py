"""List what the rules of a run reported, whether or not it held a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sluice.app.app import App
from sluice.domain import Run
from sluice.messages import render
from sluice.store.dashboard_queries import StoredVerdict, run_verdicts

MAX_LINES = 10  # of one run; `sluice check` and the dashboard show all


def finding_lines(app: App, runs: Sequence[Run]) -> Iterator[str]:
    """Yield a line for each rule of the suite that failed or could not run on an arrival; those of a run beyond ten are counted.

    Args:
        app: The application.
        runs: Published runs.
    """
    for run in runs:
        failed = [verdict for verdict in run_verdicts(app.store, run.id) if verdict.phase == "arrival" and _is_finding(verdict)]
        place = f"{run.dataset} {Path(run.uri).name or run.id}"
        for verdict in failed[:MAX_LINES]:
            yield f"{place}: {verdict.rule}: {'; '.join(filter(None, map(render, (verdict.message, verdict.observed))))} ({verdict.severity})"
        if len(failed) > MAX_LINES:
            yield f"{place}: {len(failed) - MAX_LINES} more"


def _is_finding(verdict: StoredVerdict) -> bool:
    return verdict.nature == "expectation" and verdict.status in ("failed", "not_evaluated")
