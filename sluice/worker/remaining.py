"""Judge the rows that are left of earlier batches: where some of their rows leave, what was counted of them at first is no longer their score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from sluice.domain import ROW, RUN, Batch, Outcome, Run, Verdict
from sluice.ports import Snapshot, judge_batch
from sluice.rules.revisions import batches_of, lost_rows, newest_revisions
from sluice.worker.session import steps_of

_CHANGING = ("undo", "map_values")  # kinds of runs that change cells of published rows


def with_remaining(path: str, outcome: Outcome, snapshot: Snapshot) -> Outcome:
    """Add to an outcome what the judges say of the rows that it leaves of each run that it revises.

    Only runs are judged again of which rows left, now or before, and in which a rule that holds no row failed: rows that others hold are not published.
    Where published cells change, a rule may fail first by that.

    Args:
        path: Path of sluice.yaml.
        outcome: What a run would publish.
        snapshot: Everything that was published before.
    """
    remaining = {run.id: _judge(path, outcome, run, snapshot) for run in runs_to_judge(outcome, snapshot)}
    return replace(outcome, remaining=remaining) if remaining else outcome


def runs_to_judge(outcome: Outcome, snapshot: Snapshot) -> Iterator[Run]:
    """Yield the runs whose remaining rows are judged again."""
    runs = snapshot.runs(outcome.split.good.dataset)
    newest, leaving, joined = newest_revisions(runs), _leaving(outcome), _joined(outcome)
    for run in runs:
        revision = newest.get(run.id)
        rows_left = run.id in leaving or (run.id in joined and lost_rows(run, revision))
        still_open = (revision.decision if revision else run.decision) == "open"  # it stays so, and is not revised
        if rows_left and not (outcome.kind == "ingest" and still_open) and (_fails(outcome) or _failing(run, runs, snapshot)):
            yield run


def _leaving(outcome: Outcome) -> set[str]:
    """Return the runs of which published rows leave: they are superseded, or a recheck holds them; or of which cells change."""
    superseded = batches_of(outcome.replaced[ROW])
    if outcome.kind in _CHANGING:
        return _joined(outcome) - {""}
    if outcome.kind != "recheck" or outcome.split.bad.rows.is_empty():
        return {*superseded}
    return {*superseded, *batches_of(outcome.split.bad.rows[ROW]), outcome.rechecks}


def _joined(outcome: Outcome) -> set[str]:
    """Return the runs whose rows an outcome judged again."""
    if outcome.kind == "ingest":
        return set()
    return {outcome.rechecks, *batches_of(outcome.split.good.rows[ROW]), *batches_of(outcome.split.bad.rows[ROW])}


def _fails(outcome: Outcome) -> bool:
    """Return True where an outcome changes published cells, and a rule fails on the rows that it leaves."""
    return outcome.kind in _CHANGING and any(verdict.failed for verdict in outcome.phases.get("published", ()))


def _failing(run: Run, runs: Sequence[Run], snapshot: Snapshot) -> bool:
    """Return True where a rule failed on published rows of a run, at first or when its rows were judged again."""
    again = [other.id for other in runs if any(revision.run == run.id for revision in other.revisions)]
    metrics = snapshot.metrics(run.dataset, [run.id, *again])
    return not metrics.is_empty() and not metrics.filter(pl.col("phase") == "published", pl.col("failed") > 0).is_empty()


def _judge(path: str, outcome: Outcome, run: Run, snapshot: Snapshot) -> list[Verdict]:
    rows = remaining_rows(outcome, run, snapshot)
    if rows.is_empty():
        return []
    batch = Batch(run.dataset, run.id, rows, run.at, whole=False)
    return judge_batch(steps_of(path, run.dataset).steps.judges, batch, snapshot.without(run.id)).verdicts


def remaining_rows(outcome: Outcome, run: Run, snapshot: Snapshot) -> pl.DataFrame:
    """Return the rows of a run that are published once an outcome is: those that it published and those that were released since."""
    published = snapshot.published(run.dataset)
    of_batch = (pl.col(RUN) == run.id) | pl.col(ROW).is_between(pl.lit(f"{run.id}."), pl.lit(f"{run.id}/"), closed="left")  # "/" follows "."
    rows = published.filter(of_batch).drop(RUN).collect()
    good = outcome.split.good.rows
    if outcome.kind in _CHANGING:
        rows = pl.concat([rows.filter(~pl.col(ROW).is_in(good[ROW].implode())), good.filter(batches_of(good[ROW]) == run.id)], how="diagonal")
    if outcome.kind in ("release", "replay"):
        rows = pl.concat([rows, good.filter(batches_of(good[ROW]) == run.id)], how="diagonal")
    leaving = pl.concat([outcome.replaced[ROW], outcome.split.bad.rows[ROW]])
    return rows.filter(~pl.col(ROW).is_in(leaving.implode()))
