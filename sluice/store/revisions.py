"""Revise the record of a batch, some of whose held rows were judged again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from sqlalchemy import Connection, select

from sluice.domain import ROW, GatePolicy, Revision, Run
from sluice.rules import Count, merge_counts, score
from sluice.store.lake import Table
from sluice.store.records import get_record
from sluice.store.run_record import RunRecord, decide_facts
from sluice.store.runs import to_run
from sluice.store.tables import RUNS, VERDICTS

_FACTS = ("rule", "nature", "dimension", "severity", "on_fail", "status", "rows", "failed", "message", "observed")


def revision_of(connection: Connection, record: RunRecord, rows: Mapping[Table, pl.DataFrame], policy: GatePolicy) -> Revision | None:
    """Return what a release or replay makes of the run that its rows arrived with; None for another kind, or rows of several batches.

    The run itself stays as it was recorded.

    Args:
        connection: The transaction that publishes the release or replay.
        record: Its record.
        rows: Its rows by table.
        policy: Limits of the dataset's gate.
    """
    batches = _batches(rows) if record.kind in ("release", "replay") else []
    first = get_record(connection, RUNS, batches[0]) if len(batches) == 1 else None
    if first is None or first.kind != "ingest" or first.state != "published":
        return None
    earlier = connection.execute(select(RUNS).where(RUNS.c.revises == first.id, RUNS.c.seq.is_not(None)).order_by(RUNS.c.seq)).all()
    run = _with_counts(to_run(first), [*(to_run(row) for row in earlier), record.run("published")])
    before = _facts(connection, first.id, "cleaned")
    published = [*_facts(connection, first.id, "published"), *(facts for row in earlier for facts in _facts(connection, row.id, "published"))]
    counts = merge_counts((facts["rule"], _count(facts)) for facts in [*published, *record.facts("published")])
    run = replace(run, published=score(counts.values(), policy.weights))
    decision, reasons = decide_facts(run, [*before, *published], policy)
    return Revision(first.id, run.good, run.bad, run.copies, run.superseded, run.published, decision, reasons)


def _batches(rows: Mapping[Table, pl.DataFrame]) -> list[str]:
    """List the batches that rows arrived with: a row's id is that of its batch and its number."""
    ids = pl.concat([rows[table][ROW] for table in ("clean", "quarantine", "repeats")])
    return ids.str.replace(r"\.\d+$", "").unique().sort().to_list()


def _with_counts(first: Run, later: Sequence[Run]) -> Run:
    """Return the first run with each of its rows counted where it is now."""
    good, copies, superseded = (sum(getattr(run, name) for run in later) for name in ("good", "copies", "superseded"))
    left = max(first.bad - good - copies - superseded, 0)  # a row that an undo or a rebuild held counts as good from the first
    copies, superseded = first.copies + copies, first.superseded + superseded
    return replace(first, good=first.rows - left - copies - superseded, bad=left, copies=copies, superseded=superseded)


def _facts(connection: Connection, run_id: str, phase: str) -> list[dict[str, Any]]:
    rows = connection.execute(select(VERDICTS).where(VERDICTS.c.run_id == run_id, VERDICTS.c.phase == phase).order_by(VERDICTS.c.position))
    return [{name: getattr(row, name) for name in _FACTS} for row in rows]


def _count(facts: Mapping[str, Any]) -> Count:
    return Count(facts["dimension"], facts["severity"], facts["status"], facts["rows"], facts["failed"])
