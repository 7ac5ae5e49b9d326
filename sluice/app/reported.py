"""Tell how many rows of a batch the rules would hold that only report."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.app.app import App
from sluice.store.dashboard_queries import run_verdicts


def reported_shares(app: App, run_id: str | None) -> list[Mapping[str, object]]:
    """Return the rules that hold no row and that rows of a batch do not meet once they are cleaned, the largest share first.

    Args:
        app: The application.
        run_id: Id of the run; None: there is none.

    Returns:
        For each rule `rule`, `severity`, `rows` (judged), `failed`, and `share` of the judged rows that fail.
    """
    failing = [
        verdict
        for verdict in (run_verdicts(app.store, run_id) if run_id else ())
        if verdict.phase == "cleaned" and verdict.on_fail == "flag" and verdict.rows and verdict.failed
    ]
    ordered = sorted(failing, key=lambda verdict: verdict.failed / verdict.rows, reverse=True)
    return [
        {"rule": verdict.rule, "severity": verdict.severity, "rows": verdict.rows, "failed": verdict.failed, "share": verdict.failed / verdict.rows}
        for verdict in ordered
    ]
