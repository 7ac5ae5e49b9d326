"""Evaluate a batch: the main flow between its arrival and its publishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from sluice.domain import REPEATS, ROW, Batch, Cleaned, Outcome, Rows, RunKind, Split, Verdict
from sluice.ports import Earlier, Judgement, Reconciled, Snapshot, Steps, effects, judge_batch, stage
from sluice.rules import count, flagged, held_mask, join, split
from sluice.rules import score as score_of
from sluice.rules.value_scores import tally_values, with_held

_ARRIVING: frozenset[RunKind] = frozenset({"ingest", "release", "replay"})  # kinds whose rows are not published yet


def evaluate(
    batch: Batch,
    steps: Steps,
    snapshot: Snapshot,
    *,
    kind: RunKind = "ingest",
    waived: frozenset[str] = frozenset(),
    weights: Mapping[str, float] | None = None,
    held_rows: Callable[[Split], pl.DataFrame] | None = None,
    score_by: Sequence[str] = (),
) -> Outcome:
    """Judge what is new in a batch, repair it, judge it again, and split the good rows from the bad. Writes nothing.

    Args:
        batch: Rows as they arrived, or as they were held.
        steps: Judges and cleaner of the dataset, and what compares it with the published rows.
        snapshot: Everything that was published before.
        kind: Purpose of the run.
        waived: Ids of rules that a steward does not apply to these rows.
        weights: Weight of each dimension in the score.
        held_rows: Read the rows of earlier batches that are held now, at least those of the keys in the good and bad rows, or all where the rows replace
            a table; None: the batch is compared with none.
        score_by: Columns by whose values the rows are counted for scores.

    Example:
        >>> from checks.schema import SchemaJudge
        >>> from cleaning.chain import Chain
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", "snapshot", ("sku",), (Column("sku"),))
        >>> steps = Steps([SchemaJudge(schema)], Chain([]))
        >>> outcome = evaluate(make_batch(schema, {"sku": ["a", "b", "b"]}), steps, MemorySnapshot())
        >>> outcome.split.good.rows.height, outcome.split.bad.rows.height, outcome.published.value
        (2, 1, 100.0)
    """
    batch_id = batch.id
    news, arrival, cleaned = _prepare(batch, steps, snapshot, kind, waived)
    tallies = tally_values(news.batch.rows, cleaned.batch.rows, arrival.verdicts, score_by, weights) if score_by else None
    held = [*news.held, *cleaned.held]
    rest, earlier = _split_cleaned(cleaned, held, arrival, waived)
    doubted, repairs, news = flagged(cleaned.batch, held), cleaned.repairs, news.without_rows()
    del batch, cleaned  # the rows before this split take as much memory as those after it
    repaired = judge_batch(steps.judges, rest.good, news.snapshot, earlier, waived)  # repairs are believed only after they were judged
    verdicts, repeating = repaired.verdicts, rest.bad
    final, earlier = split(rest.good, verdicts), repaired.since(held_mask(rest.good, verdicts))
    del rest
    fewer = final.good.part.total("held", bool(final.bad.rows.height))
    published = judge_batch(steps.judges, final.good, news.snapshot, earlier, waived).verdicts if fewer else verdicts
    last = split(final.good, published)  # too few may be left for a rule about the whole batch
    parts = Split(last.good, replace(join(join(repeating, final.bad), last.bad), id=batch_id))
    flags = pl.concat([doubted, flagged(final.good, published)])
    flags = flags.join(last.good.rows, on=ROW, how="semi", maintain_order="left") if flags.height else flags  # a join reads the ids of all rows
    phases = {"arrival": arrival.verdicts, "cleaned": [*held, *verdicts], "published": published}
    replaced = steps.reconciler.replaced(news, parts) if steps.reconciler and kind in _ARRIVING else news.rivals
    before, after = (score_of(map(count, judged), weights) for judged in (arrival.verdicts, published))
    outcome = Outcome(kind, before, after, parts, repairs, phases, snapshot.id, flags, news.repeats, replaced)
    arrived = kind == "ingest" or last.good.whole  # a table that was held as a whole counts as arrived when it is released
    settled = _gather(outcome if held_rows is None or not arrived else _settle_held(outcome, steps, snapshot, held_rows))
    return replace(settled, values=with_held(tallies, settled.split.bad.rows)) if tallies else settled


def _prepare(batch: Batch, steps: Steps, snapshot: Snapshot, kind: RunKind, waived: frozenset[str]) -> tuple[Reconciled, Judgement, Cleaned]:
    """Take what is new in a batch, judge it, and clean it; the cleaned rows are compared with the published ones as well."""

    def clean(news: Reconciled) -> tuple[Reconciled, Judgement, Cleaned]:
        arrived = judge_batch(steps.judges, news.batch, news.snapshot, (), waived)
        with stage("clean"):
            return news, arrived, steps.cleaner.clean(news.batch, arrived.verdicts, news.snapshot)  # same rows; every change is a Repair

    news, arrival, cleaned = clean(_reconcile(batch, steps, snapshot, kind, waived))  # copies leave before anything is judged: a re-sent row is no news
    spelled = _reconcile_cleaned(news, cleaned, steps, snapshot, kind, waived)
    if spelled is None:
        return news, arrival, cleaned
    del news, arrival, cleaned
    return clean(spelled)  # rows that cleaning makes equal to published ones left; the others are judged as if these had not come


def _split_cleaned(cleaned: Cleaned, held: Sequence[Verdict], arrival: Judgement, waived: frozenset[str]) -> tuple[Split, Sequence[Earlier]]:
    """Split the cleaned rows: repeats of a row leave before their original is judged; return with them what is known of the others."""
    cleaned.batch.part.confirm("held", effects(held))
    return split(cleaned.batch, held, waived), arrival.since(held_mask(cleaned.batch, held, waived), cleaned)


def _gather(outcome: Outcome) -> Outcome:
    """Leave to the last run on a batch that comes in parts what all of them replace: it tells what earlier runs lose."""
    part = outcome.split.good.part
    gathered = part.total("replaced", Rows(outcome.replaced.select(*REPEATS))).frame
    if not part.is_last:
        return replace(outcome, replaced=outcome.replaced.clear())
    return outcome if outcome.replaced.height else replace(outcome, replaced=gathered)


def _settle_held(outcome: Outcome, steps: Steps, snapshot: Snapshot, held_rows: Callable[[Split], pl.DataFrame]) -> Outcome:
    """Take bad rows that equal a held one as its copies, and held rows as superseded where a good row of their key came, or a newer table."""
    if steps.reconciler is None or (held := held_rows(outcome.split)).is_empty():
        return outcome
    with stage("compare"):
        settled, bad = steps.reconciler.settle_held(outcome.split, held, snapshot), outcome.split.bad
    left = replace(bad, rows=bad.rows.join(settled.copies, on=ROW, how="anti", maintain_order="left"))
    return replace(
        outcome,
        split=replace(outcome.split, bad=left),
        repairs=outcome.repairs.join(settled.copies, on=ROW, how="anti", maintain_order="left"),
        repeats=pl.concat([outcome.repeats, settled.copies], how="diagonal"),
        replaced=pl.concat([outcome.replaced, settled.superseded], how="diagonal"),
    )


def _reconcile(batch: Batch, steps: Steps, snapshot: Snapshot, kind: RunKind, waived: frozenset[str]) -> Reconciled:
    """Compare a batch with the published rows; rows that are published themselves (an undo) are compared with none."""
    if steps.reconciler is None or kind not in _ARRIVING:
        return Reconciled(batch, REPEATS.to_frame(), REPEATS.to_frame(), snapshot)
    with stage("compare"):
        return steps.reconciler.reconcile(batch, snapshot, waived=waived)


def _reconcile_cleaned(news: Reconciled, cleaned: Cleaned, steps: Steps, snapshot: Snapshot, kind: RunKind, waived: frozenset[str]) -> Reconciled | None:
    """Compare the rows again as they were cleaned; None where that finds nothing that the comparison as they arrived did not find.

    The result holds the rows as they arrived: those that are left are judged and cleaned anew, so that a copy has no repair and no score.
    """
    repaired = news.batch.part.total("repaired", bool(cleaned.repairs["applied"].any()))
    if steps.reconciler is None or kind not in _ARRIVING or not repaired or news.batch.overlaps is not None:  # a file without a key is compared as it arrived
        return None
    with stage("compare"):
        again = steps.reconciler.reconcile(cleaned.batch, snapshot, waived=waived)
    same_held = [verdict.failed for verdict in again.held] == [verdict.failed for verdict in news.held]
    if not news.batch.part.total("repeats", not (again.repeats.is_empty() and again.rivals.equals(news.rivals) and same_held)):
        return None
    rows = news.batch.rows
    left = replace(news.batch, rows=rows.join(again.repeats, on=ROW, how="anti", maintain_order="left"), whole=again.batch.whole)
    repeats = again.repeats.select(*REPEATS).join(rows, on=ROW, how="left", maintain_order="left")  # no other table has their spelling
    return replace(again, batch=left, repeats=pl.concat([news.repeats, repeats], how="diagonal"))
