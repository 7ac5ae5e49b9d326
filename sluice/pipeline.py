"""The main flow: what happens to a batch between its arrival and its publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sluice.domain import ROW, Batch, Outcome, RunKind, Score, Split, Verdict
from sluice.ports import Snapshot, Steps
from sluice.rules import count, flagged, join, split
from sluice.rules import score as score_of


def evaluate(
    batch: Batch,
    steps: Steps,
    snapshot: Snapshot,
    *,
    kind: RunKind = "ingest",
    waived: frozenset[str] = frozenset(),
    weights: Mapping[str, float] | None = None,
) -> Outcome:
    """Judge a batch, repair it, judge it again, and part the good rows from the bad. Writes nothing.

    Args:
        batch: The rows as they arrived, or as they were held.
        steps: The dataset's judges and cleaner.
        snapshot: All that may be known of what was published before.
        kind: What the run is for.
        waived: The rules that a steward set aside for these rows.
        weights: Weight of each dimension in the score.
    """

    def judge(rows: Batch) -> list[Verdict]:
        return [verdict for each in steps.judges for verdict in each.judge(rows, snapshot) if verdict.rule not in waived]

    def score(verdicts: Sequence[Verdict]) -> Score:
        return score_of(map(count, verdicts), weights)

    arrival = judge(batch)
    cleaned = steps.cleaner.clean(batch, arrival, snapshot)  # same rows; every change is a Repair
    kept = split(cleaned.batch, cleaned.held, waived)  # copies of a row leave before their original is judged
    verdicts = judge(kept.good)  # repairs are believed only after they were judged, among all rows
    final = split(kept.good, verdicts)
    published = judge(final.good) if final.bad.rows.height else verdicts
    last = split(final.good, published)  # too few may be left for a rule about the whole batch
    flags = flagged(final.good, published).join(last.good.rows, on=ROW, how="semi", maintain_order="left")
    bad = join(join(kept.bad, final.bad), last.bad)
    phases = {"arrival": arrival, "cleaned": [*cleaned.held, *verdicts], "published": published}
    return Outcome(kind, score(arrival), score(published), Split(last.good, replace(bad, id=batch.id)), cleaned.repairs, phases, snapshot.id, flags)
