"""Judge a recorded batch again, as it arrived, by the present configuration. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from sluice import rules
from sluice.domain import ACTION, ROW, RUN, Backtest, Batch, Run, Schema
from sluice.pipeline import evaluate
from sluice.rules.backtests import VerdictCount, compare_rules, missing_columns, replace_file_verdicts
from sluice.store.run_record import RunRecord, decide_record
from sluice.store.snapshot import SqlSnapshot
from sluice.worker.present_models import PresentModels
from sluice.worker.session import open_session, require_layout, steps_of


def backtest(path: str, run: Run) -> Backtest:
    """Judge the rows of a published batch against what was published before it, and compare the outcome with the record.

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
    batch = Batch(run.dataset, run.id, rows_as_arrived(after, schema, run.id), run.at, columns, schema.mode == "snapshot", history)
    view = PresentModels(before, store.snapshot())
    outcome = evaluate(batch, steps_of(path, run.dataset).steps, view, weights=settings.gate.weights)
    judged = RunRecord.of(outcome, run.uri)
    # the rows that repeated earlier ones came as well: the gate counts the share of held rows among all that arrived
    record = replace(judged, copies=judged.copies + run.copies, superseded=judged.superseded + run.superseded)
    decision, reasons = decide_record(record, settings.gate.policy())
    changes = compare_rules(replace_file_verdicts([VerdictCount.of(facts) for facts in record.facts("cleaned")], recorded), recorded)
    bad, flagged = outcome.split.bad.rows.height, outcome.flags[ROW].n_unique()
    recorded_flags = after.flags(run.dataset).filter(pl.col(RUN) == run.id).select(pl.col(ROW).n_unique()).collect().item()
    return Backtest(run, bad, flagged, recorded_flags, record.repaired, outcome.published.worst, decision, reasons, changes)


def rows_as_arrived(snapshot: SqlSnapshot, schema: Schema, run_id: str) -> pl.DataFrame:
    """Return the rows of a batch that its run published or held, their repairs taken back, in the order of its file.

    Copies and superseded rows, which are judged by no rule, are left out.

    Args:
        snapshot: What was published when the run had just ended.
        schema: The declaration of the dataset.
        run_id: Id of the run.
    """
    published = snapshot.published(schema.dataset)
    if not published.collect_schema():
        published = pl.LazyFrame(schema={**schema.dtypes, ROW: pl.String, RUN: pl.String})
    good = published.filter(pl.col(RUN) == run_id).drop(RUN, ACTION, strict=False).collect()
    bad = _held(snapshot, schema.dataset, run_id, good.schema)
    repairs = snapshot.repairs(schema.dataset).filter(pl.col("applied"), pl.col(RUN) == run_id).collect()
    position = pl.col(ROW).str.extract(r"\.(\d+)$").cast(pl.Int64)
    return rules.revert(pl.concat([good, bad]), repairs, schema).sort(position)


def _held(snapshot: SqlSnapshot, dataset: str, run_id: str, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    held = snapshot.quarantine(dataset)
    stored = held.collect_schema().names()
    if not stored:
        return pl.DataFrame(schema=columns)
    cells = (pl.col(name) if name in stored else pl.lit(None, dtype=dtype).alias(name) for name, dtype in columns.items())
    return held.filter(pl.col(RUN) == run_id).select(cells).collect()


def _recorded(snapshot: SqlSnapshot, run: Run) -> list[VerdictCount]:
    facts = snapshot.metrics(run.dataset, [run.id]).filter(pl.col("phase") == "cleaned")
    return [VerdictCount.of(row) for row in facts.iter_rows(named=True)]
