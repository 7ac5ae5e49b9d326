"""Decide what counts, score and decision of a run become once some of its rows were judged again or replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import Message, Revision, Run
from sluice.rules.releases import undone_releases
from sluice.rules.scores import Count

_RESULTS = ("passed", "failed")


def merge_counts(counts: Iterable[tuple[str, Count]]) -> Mapping[str, Count]:
    """Add up the counts of each rule over the rows that were published at first and those that were published later.

    A rule that was evaluated at one time and not at the other has the result of the time at which it was.

    Args:
        counts: Rules with their counts, the first run's first. None is about the same rows as another one of its rule.

    Example:
        >>> first, later = Count("validity", "critical", "failed", 10, 1), Count("validity", "critical", "passed", 5, 0)
        >>> merge_counts([("r", first), ("r", later)])["r"]
        Count(dimension='validity', severity='critical', status='failed', rows=15, failed=1)
    """
    merged: dict[str, Count] = {}
    for rule, count in counts:
        merged[rule] = _merge(merged[rule], count) if rule in merged else count
    return merged


def _merge(first: Count, later: Count) -> Count:
    if later.status not in _RESULTS:
        return first
    if first.status not in _RESULTS:
        return later
    status = "failed" if "failed" in (first.status, later.status) else "passed"
    return replace(first, status=status, rows=first.rows + later.rows, failed=first.failed + later.failed)  # type: ignore[arg-type]  # one of the two


@dataclass(frozen=True, slots=True)
class Moves:
    """Count the rows of one run that another run moved.

    Attributes:
        released: Held rows that are published now.
        copies: Held rows that turned out to be copies; negative where the undo of a release holds such rows again.
        outdated: Held rows that are superseded now; likewise.
        replaced: Published rows that are superseded now.
        held: Published rows that are held now.
        taken: Held rows that another run had published, and that are held again.
    """

    released: int = 0
    copies: int = 0
    outdated: int = 0
    replaced: int = 0
    held: int = 0
    taken: int = 0

    @property
    def by_others(self) -> bool:
        """Return True where no row was judged again: others only stand in their place."""
        return not (self.released or self.copies or self.held or self.taken)


def move(run: Run, newest: Revision | None, moves: Moves) -> Revision:
    """Return a run with each of its rows counted where it is after a move; score and decision are those before.

    Args:
        run: The run, as it was recorded.
        newest: Its newest revision; None where nothing revised it.
        moves: Rows that were moved.

    Example:
        >>> from datetime import UTC, datetime
        >>> run = Run("b1", "events", "ingest", 1, datetime(2026, 3, 1, tzinfo=UTC), "published", rows=10, good=8, bad=2)
        >>> moved = move(run, None, Moves(released=1, held=3))
        >>> moved.good, moved.bad, moved.own
        (6, 4, 5)
    """
    before = newest or Revision(run.id, run.good, run.bad, run.copies, run.superseded, run.published, run.decision, run.reasons, run.good)
    left = before.bad + moves.held + moves.taken - moves.released - moves.copies - moves.outdated
    bad = max(left, 0)  # a row that an undo or a rebuild held counts as good from the first
    copies, superseded = before.copies + moves.copies, before.superseded + moves.outdated + moves.replaced
    good = max(run.rows - bad - copies - superseded, 0)
    own = max((run.good if before.own is None else before.own) - moves.held - moves.replaced, 0)
    return replace(before, good=good, bad=bad, copies=copies, superseded=superseded, own=own)


def batches_of(ids: pl.Series) -> pl.Series:
    """Return the batch that each row arrived with: a row's id is that of its batch and its number.

    Example:
        >>> batches_of(pl.Series(["b1.0", "b1.17"])).to_list()
        ['b1', 'b1']
    """
    return ids.str.replace(r"\.\d+$", "").alias("batch")


def lost_rows(run: Run, newest: Revision | None) -> bool:
    """Return True where rows that were published of a run are published no more.

    Args:
        run: The run, as it was recorded.
        newest: Its newest revision; None where nothing revised it.
    """
    return newest is not None and newest.own is not None and newest.own < run.good


def with_remaining(counts: Mapping[str, Count], remaining: Mapping[str, Count]) -> Mapping[str, Count]:
    """Return the counts of each rule over the rows that are left of a run, where these were judged again.

    Args:
        counts: Counts over all rows that were published, at first and later.
        remaining: Counts over the rows that are left, of rules that hold no row. One that found nothing to judge among them counts no longer; one
            that was not evaluated counts as before.

    Example:
        >>> first, left = Count("validity", "critical", "failed", 10, 6), Count("validity", "critical", "passed", 4, 0)
        >>> with_remaining({"r": first}, {"r": left})["r"].failed
        0
    """
    judged = {rule: count for rule, count in remaining.items() if rule in counts and counts[rule].status in _RESULTS and count.status != "not_evaluated"}
    return {**counts, **judged}


def newest_revisions(runs: Iterable[Run]) -> Mapping[str, Revision]:
    """Return the newest revision of each run that has one, by its id.

    Args:
        runs: Runs of a dataset, the oldest first; what is not published revises nothing.
    """
    return {revision.run: revision for run in runs if run.state == "published" for revision in run.revisions}


def revision_notes(revisions: Iterable[Revision], runs: Mapping[str, Run], newest: Mapping[str, Revision]) -> Iterator[Message]:
    """Yield what revisions make of runs, where that is another decision or another number of held rows than before.

    Args:
        revisions: The revisions.
        runs: The runs by id, as they were recorded.
        newest: The newest revision of each until then, by its id.
    """
    for revision in revisions:
        before = newest.get(revision.run, runs[revision.run])
        if (before.decision, before.bad) != (revision.decision, revision.bad):
            yield Message.of("run_revised", run=revision.run, decision=revision.decision, held=revision.bad)


def revised(runs: Sequence[Run]) -> list[Run]:
    """Return the runs with the score and decision of their newest revision.

    `good` counts those rows that a run published and that are published still: none of a release that was undone.

    Args:
        runs: Runs of a dataset, the oldest first.
    """
    newest, undone = newest_revisions(runs), undone_releases(runs)
    return [replace(run, good=0) if run.id in undone else _revise(run, newest) for run in runs]


def _revise(run: Run, newest: Mapping[str, Revision]) -> Run:
    revision = newest.get(run.id)
    if revision is None:
        return run
    good = run.good if revision.own is None else revision.own
    return replace(run, good=good, bad=revision.bad, published=revision.published, decision=revision.decision, reasons=revision.reasons)
