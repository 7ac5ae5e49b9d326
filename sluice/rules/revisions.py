"""Decide what counts, score and decision of a run become once some of its rows were judged again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sluice.domain import Revision, Run
from sluice.rules.scores import Count


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
    results = ("passed", "failed")
    if later.status not in results:
        return first
    if first.status not in results:
        return later
    status = "failed" if "failed" in (first.status, later.status) else "passed"
    return replace(first, status=status, rows=first.rows + later.rows, failed=first.failed + later.failed)  # type: ignore[arg-type]  # one of the two


def revised(runs: Sequence[Run]) -> list[Run]:
    """Return the runs with the score and decision of their newest revision; a run that revises another stays as it is.

    The number of good rows is left: those that came later belong to the run that published them.

    Args:
        runs: Runs of a dataset, the oldest first.
    """
    newest = {run.revision.run: run.revision for run in runs if run.revision is not None and run.state == "published"}
    return [_revise(run, newest) for run in runs]


def _revise(run: Run, newest: Mapping[str, Revision]) -> Run:
    revision = newest.get(run.id)
    if revision is None:
        return run
    return replace(run, bad=revision.bad, published=revision.published, decision=revision.decision, reasons=revision.reasons)
