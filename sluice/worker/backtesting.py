"""Judge a recorded batch again, as it arrived, by the present configuration. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice import rules
from sluice.config import Dataset
from sluice.domain import ROW, RUN, Backtest, Batch, Outcome, Run
from sluice.pipeline import evaluate
from sluice.rules.backtests import VerdictCount, compare_rules, missing_columns, replace_file_verdicts
from sluice.store.run_record import RunRecord, decide_record
from sluice.store.snapshot import SqlSnapshot
from sluice.worker.arrived_rows import ArrivedRows, rows_as_arrived
from sluice.worker.present_models import PresentModels
from sluice.worker.session import open_session, require_layout, steps_of


@dataclass(frozen=True, slots=True, eq=False)
class Rejudged:
    """Hold a recorded batch that was evaluated again.

    Attributes:
        outcome: What the present configuration makes of it.
        arrived: Its rows as they arrived.
        recorded: Its recorded verdicts.
        settings: Settings of its dataset.
        after: Everything that was published up to it.
    """

    outcome: Outcome
    arrived: ArrivedRows
    recorded: Sequence[VerdictCount]
    settings: Dataset
    after: SqlSnapshot


def backtest(path: str, run: Run) -> Backtest:
    """Judge the rows of a published batch against what was published before it, and compare the outcome with the record.

    Args:
        path: Path of sluice.yaml.
        run: Published run of an arrival.

    Raises:
        RebuildNeeded: The stored rows do not fit the declaration.
    """
    again = evaluate_again(path, run)
    outcome, arrived = again.outcome, again.arrived
    judged = RunRecord.of(outcome, run.uri)
    # the rows that repeated earlier ones came as well: the gate counts the share of held rows among all that arrived
    record = replace(judged, copies=judged.copies + run.copies - arrived.copies, superseded=judged.superseded + run.superseded)
    decision, reasons = decide_record(record, again.settings.gate.policy())
    changes = compare_rules(replace_file_verdicts([VerdictCount.of(facts) for facts in record.facts("cleaned")], again.recorded), again.recorded)
    bad, flagged = outcome.split.bad.rows.height, outcome.flags[ROW].n_unique()
    recorded_flags = again.after.flags(run.dataset).filter(pl.col(RUN) == run.id).select(pl.col(ROW).n_unique()).collect().item()
    return Backtest(run, bad, flagged, recorded_flags, record.repaired, outcome.published.worst, decision, reasons, changes)


def evaluate_again(path: str, run: Run) -> Rejudged:
    """Evaluate the rows of a published batch, as they arrived, by the present configuration.

    Args:
        path: Path of sluice.yaml.
        run: Published run of an arrival.

    Raises:
        RebuildNeeded: The stored rows do not fit the declaration.
    """
    config, store = open_session(path)
    require_layout(path, run.dataset)
    settings, number = config.datasets[run.dataset], run.seq or 0
    schema, after, before = settings.schema_of(run.dataset), store.snapshot(str(number)), store.snapshot(run.basis or str(number - 1))
    begun, recorded = rules.first_run(before.runs(run.dataset)), _recorded(after, run)
    history = begun is None or run.at <= begun
    columns = tuple(name for name in schema.names if name not in missing_columns(recorded))
    arrived = rows_as_arrived(after, schema, run, [verdict.rule for verdict in recorded])
    batch = Batch(run.dataset, run.id, arrived.rows, run.at, columns, arrived.whole, history, overlaps=arrived.overlaps)
    view = PresentModels(before, store.snapshot())
    outcome = evaluate(batch, steps_of(path, run.dataset).steps, view, weights=settings.gate.weights, held_rows=lambda _: arrived.held)
    return Rejudged(outcome, arrived, recorded, settings, after)


def _recorded(snapshot: SqlSnapshot, run: Run) -> list[VerdictCount]:
    facts = snapshot.metrics(run.dataset, [run.id]).filter(pl.col("phase") == "cleaned")
    return [VerdictCount.of(row) for row in facts.iter_rows(named=True)]
