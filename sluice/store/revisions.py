"""Revise the records of runs whose rows were judged again, or in whose place others were published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from sqlalchemy import Connection, Row, select

from sluice.domain import ROW, STATE, GatePolicy, Message, Revision, Run
from sluice.rules import Count, Moves, merge_counts, move, newest_revisions, score
from sluice.rules.releases import undone_releases
from sluice.rules.revisions import batches_of, revision_notes, with_remaining
from sluice.store.commit_plan import replaced_rows
from sluice.store.dispositions import settled_rows
from sluice.store.lake_tables import Table
from sluice.store.run_record import RunRecord, decide_facts
from sluice.store.runs import to_run
from sluice.store.tables import RUNS, VERDICTS

_FACTS = ("rule", "nature", "dimension", "severity", "on_fail", "status", "rows", "failed", "message", "observed", "fingerprint")
Facts = Mapping[str, Any]


def revisions_of(
    connection: Connection, record: RunRecord, rows: Mapping[Table, pl.DataFrame], held: Sequence[str], policy: GatePolicy
) -> tuple[tuple[Revision, ...], tuple[Message, ...]]:
    """Return what a run makes of earlier ones, and what people are told of it.

    The one whose rows it judged again comes first, then those whose rows it changed, held or superseded. One that leaves the decision and the number of
    held rows as they were is told to nobody.

    A run whose rows are superseded is revised where it is not open: an open one stays so, and its held rows alone are counted anew. The records of these
    runs stay as they were.

    Args:
        connection: The transaction that publishes the run.
        record: Its record.
        rows: Its rows by table.
        held: Ids of held rows in whose place it publishes others.
        policy: Limits of the dataset's gate.
    """
    if record.kind == "rebuild":  # its tables are whole: no row moves but those that it holds itself
        return (), ()
    judged, moves = _judged_run(record, rows), _moves(connection, record, rows, held)
    changed = set(record.remaining) if record.kind in ("undo", "map_values") else set()
    names = [*([judged] if judged else []), *sorted({*moves, *changed} - {judged, record.batch_id})]
    earlier = _published(connection, record.dataset) if names else []
    runs, newest = {run.id: run for run in earlier}, newest_revisions(earlier)
    revisions: list[Revision] = []
    for name in names:
        run = runs.get(name)
        moved_rows = moves.get(name, Moves())
        if run is None:
            continue
        if name != judged and name not in changed and moved_rows.by_others and _decision(run, newest) == "open":
            if moved_rows.outdated:  # its held rows are counted where they are now; score and decision stay
                revisions.append(move(run, newest.get(name), Moves(outdated=moved_rows.outdated)))
            continue
        moved = move(run, newest.get(name), moved_rows)
        contributions = _contributions(connection, name, [*earlier, record.run("published")])
        if name == judged:
            contributions = [*contributions, (record.kind, record.facts("published"))]
        revisions.append(_decided(connection, run, moved, contributions, policy, record.remaining.get(name, ())))
    return tuple(revisions), tuple(revision_notes(revisions, runs, newest))


def _judged_run(record: RunRecord, rows: Mapping[Table, pl.DataFrame]) -> str:
    """Return the run whose rows a run judged again; "" where it judged new ones, or those of several batches."""
    if record.kind not in ("release", "replay", "undo_release"):
        return record.rechecks
    ids = pl.concat([rows["clean"][ROW], rows["quarantine"][ROW], rows["repeats"].join(replaced_rows(rows), on=ROW, how="anti")[ROW]])
    batches = batches_of(ids).unique()
    return batches.item() if batches.len() == 1 else ""


def _moves(connection: Connection, record: RunRecord, rows: Mapping[Table, pl.DataFrame], held: Sequence[str]) -> Mapping[str, Moves]:
    """Count the rows that a run moved, by the run that they arrived with; a recheck moves those of the run that it rechecks too."""
    replaced = replaced_rows(rows)
    outdated = replaced.filter(pl.col(ROW).is_in(list(held)))
    counts: dict[str, Counter[str]] = {}
    others = {"replaced": replaced.join(outdated, on=ROW, how="anti")[ROW], "outdated": outdated[ROW]}
    for name, ids in (*others.items(), *_judged_again(record, rows).items()):
        for batch, count in batches_of(ids).value_counts().iter_rows():
            counts.setdefault(batch, Counter())[name] += count
    if record.kind == "undo_release":
        for name, ids in _held_again(connection, record.dataset, rows["quarantine"][ROW]).items():
            for batch, count in batches_of(ids).value_counts().iter_rows():
                counts.setdefault(batch, Counter())[name] += -count if name in ("copies", "outdated") else count
    if record.rechecks:
        counts[record.rechecks] = Counter({"held": rows["quarantine"].height})
    return {batch: Moves(**moved) for batch, moved in counts.items()}


def _judged_again(record: RunRecord, rows: Mapping[Table, pl.DataFrame]) -> Mapping[str, pl.Series]:
    """Return the ids of rows that were held before the run, and are not now, or the other way round."""
    if record.kind == "recheck":
        return {"taken": rows["quarantine"][ROW]}
    if record.kind in ("undo", "map_values"):
        return {"held": rows["quarantine"][ROW]}
    if record.kind not in ("release", "replay"):
        return {}
    repeats = rows["repeats"].join(replaced_rows(rows), on=ROW, how="anti")
    states = {"copies": "copy", "outdated": "superseded"}
    repeated = {name: repeats.filter(pl.col(STATE) == state)[ROW] for name, state in states.items()}
    return {"released": rows["clean"][ROW], **repeated}


def _held_again(connection: Connection, dataset: str, ids: pl.Series) -> Mapping[str, pl.Series]:
    """Return the rows that an undone release published, and those that it found to be copies or superseded."""
    states = settled_rows(connection, dataset, ids.to_list()).filter(pl.col(ROW).is_in(ids.implode()))
    repeated = {name: states.filter(pl.col("state") == state)[ROW] for name, state in (("copies", "copy"), ("outdated", "superseded"))}
    return {"taken": ids.filter(~ids.is_in(pl.concat(list(repeated.values())).implode())), **repeated}


def _published(connection: Connection, dataset: str) -> list[Run]:
    rows = connection.execute(select(RUNS).where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None)).order_by(RUNS.c.seq))
    return [to_run(row) for row in rows]


def _decision(run: Run, newest: Mapping[str, Revision]) -> str:
    return newest[run.id].decision if run.id in newest else run.decision


def _contributions(connection: Connection, run_id: str, runs: Sequence[Run]) -> list[tuple[str, Sequence[Facts]]]:
    """Return what was found of the published rows of a run, by its own run and by those that judged its rows again, with their kinds."""
    undone = undone_releases(runs)
    kinds = ("release", "replay", "recheck")
    again = [run for run in runs if run.kind in kinds and run.id not in undone and run.revisions and run.revisions[0].run == run_id]
    return [(run.kind, _facts(connection, run.id, "published")) for run in [*(run for run in runs if run.id == run_id), *again]]


def _decided(
    connection: Connection, run: Run, moved: Revision, contributions: Sequence[tuple[str, Sequence[Facts]]], policy: GatePolicy, remaining: Sequence[Facts]
) -> Revision:
    """Return a revision with the score over all rows that were published, at first and later, and are left, and the decision that follows."""
    settled = {facts["rule"] for kind, verdicts in contributions if kind == "recheck" for facts in verdicts if facts["status"] != "not_evaluated"}
    published = list(_without_settled((facts for _, verdicts in contributions for facts in verdicts), settled))
    left = _of_same_rules(remaining, published)
    counts = with_remaining(merge_counts((facts["rule"], _count(facts)) for facts in published), {rule: _count(facts) for rule, facts in left.items()})
    before = list(_without_settled(_facts(connection, run.id, "cleaned"), settled))
    now = replace(run, good=moved.good, bad=moved.bad, copies=moved.copies, superseded=moved.superseded, published=score(counts.values(), policy.weights))
    decision, reasons = decide_facts(now, [*before, *published], policy)
    return replace(moved, published=now.published, decision=decision, reasons=reasons)


def _of_same_rules(remaining: Sequence[Facts], published: Sequence[Facts]) -> Mapping[str, Facts]:
    """Return the facts on the rows that are left by rules that hold no row, by those of them that judge as they did when the rows were published.

    A rule that holds rows fails on no published one but those that a steward released in spite of it. A rule about a whole batch judges no part of it.
    """
    fingerprints = {(facts["rule"], facts["fingerprint"]) for facts in published}
    left = (facts for facts in remaining if facts["on_fail"] == "flag" and (facts["rule"], facts["fingerprint"]) in fingerprints)
    return {facts["rule"]: facts for facts in left if Message.loads(facts["observed"]).code != "whole_batch_only"}


def _without_settled(facts: Iterator[Facts] | Sequence[Facts], settled: set[str]) -> Iterator[Facts]:
    """Leave out that a rule was not evaluated where it was since."""
    return (verdict for verdict in facts if verdict["status"] != "not_evaluated" or verdict["rule"] not in settled)


def _facts(connection: Connection, run_id: str, phase: str) -> list[Facts]:
    rows: Sequence[Row[Any]] = connection.execute(
        select(VERDICTS).where(VERDICTS.c.run_id == run_id, VERDICTS.c.phase == phase).order_by(VERDICTS.c.position)
    ).all()
    return [{name: getattr(row, name) for name in _FACTS} for row in rows]


def _count(facts: Facts) -> Count:
    return Count(facts["dimension"], facts["severity"], facts["status"], facts["rows"], facts["failed"])
