"""Judge recorded batches by a configuration, beside what was recorded: what a change of the rules would have done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sluice.app.app import App
from sluice.domain import Backtest, Message, Run
from sluice.ports import Progress, no_progress
from sluice.rules.backtests import RuleSummary


@dataclass(frozen=True, slots=True)
class Selection:
    """Hold the recorded batches of a span of time.

    Attributes:
        runs: Those that can be judged again, by dataset, the oldest first.
        rebuilt: Number of batches from before a rebuild of their dataset, whose rows were stored in other columns or types.
    """

    runs: Sequence[Run]
    rebuilt: int


def select_batches(app: App, datasets: Sequence[str], since: timedelta) -> Selection:
    """Select the batches of the last days or weeks.

    Args:
        app: The application.
        datasets: Names of datasets; empty means all.
        since: Length of the span that ends now.

    Raises:
        UsageError: A dataset is not configured.
    """
    snapshot, first = app.store.snapshot(), app.now() - since
    selected: list[Run] = []
    rebuilt = 0
    for name in [app.require_dataset(name) for name in datasets] or app.config.datasets:
        runs = snapshot.runs(name)
        changed = max((run.seq or 0 for run in runs if run.kind == "rebuild"), default=0)
        batches = [run for run in runs if run.kind == "ingest" and run.at > first]
        selected += [run for run in batches if (run.seq or 0) > changed]
        rebuilt += sum((run.seq or 0) < changed for run in batches)
    return Selection(selected, rebuilt)


def backtest(app: App, runs: Sequence[Run], progress: Progress = no_progress) -> Iterator[Backtest]:
    """Judge recorded batches as they arrived by the configuration of the application; publish nothing.

    Args:
        app: The application.
        runs: Published runs of arrivals.
        progress: Called after each batch.
    """
    for number, run in enumerate(runs, start=1):
        yield app.worker.backtest(run)
        progress(Message.of("step_judging"), number, len(runs))


def batch_facts(entry: Backtest) -> Mapping[str, object]:
    """Return one row for a batch: what the configuration makes of it beside what was recorded; of the `repeating` rows only copies of held ones are judged."""
    run = entry.run
    return {
        "dataset": run.dataset,
        "until": run.at,
        "batch": Path(run.uri).name or run.id,
        "rows": run.judged,
        "repeating": run.copies + run.superseded,
        "held": entry.held,
        "recorded_held": run.bad,
        "flagged": entry.flagged,
        "recorded_flagged": entry.recorded_flagged,
        "score": entry.score,
        "recorded_score": run.published.worst,
        "decision": entry.decision,
        "recorded_decision": run.decision,
        "reasons": entry.reasons,
    }


def rule_facts(summary: RuleSummary) -> Mapping[str, object]:
    """Return one row for a rule: on how many batches it fails, its failing rows and incidents, beside what was recorded."""
    return {
        "dataset": summary.dataset,
        "rule": summary.rule,
        "severity": summary.severity,
        "batches": summary.judged,
        "failing": summary.failing,
        "recorded_failing": summary.recorded_failing,
        "failing_rows": summary.rows,
        "recorded_failing_rows": summary.recorded_rows,
        "incidents": summary.incidents,
        "recorded_incidents": summary.recorded_incidents,
    }
