"""Decide which versions of a dataset's tables are kept, and which models keep their bytes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Model, Run

EARLIER_CHAMPIONS = 2  # beside the one that serves: a rollback, and the rollback of that


@dataclass(frozen=True, slots=True)
class KeptRuns:
    """Hold the runs whose versions of the tables are kept.

    Attributes:
        recent: The runs since a moment, and the one before them, whose tables were the published ones then; the oldest first.
        pinned: Older runs whose snapshot something reads.
    """

    recent: Sequence[Run]
    pinned: Sequence[Run] = ()


def kept_runs(runs: Sequence[Run], since: datetime, pinned: Collection[int] = ()) -> KeptRuns:
    """Choose the runs whose versions are kept; the newest run is always among them.

    Args:
        runs: Published runs of a dataset, the oldest first.
        since: A snapshot that was the newest one at this moment, or later, can be read.
        pinned: Numbers of older snapshots that something reads.

    Example:
        >>> kept_runs([], datetime(2026, 3, 1)).recent
        []
    """
    first = next((position for position, run in enumerate(runs) if _published(run) >= since), len(runs))
    recent, older = list(runs[max(first - 1, 0) :]), runs[: max(first - 1, 0)]
    newest = {max((run.seq or 0 for run in older if (run.seq or 0) <= snapshot), default=0) for snapshot in pinned}
    return KeptRuns(recent, [run for run in older if run.seq in newest])


def _published(run: Run) -> datetime:
    return run.finished or run.at


def expired_models(versions: Sequence[Model], champions: Sequence[int], since: datetime) -> list[Model]:
    """Choose the versions of a model whose bytes are deleted: old ones, but for the champion, what is evaluated, and the champions before it.

    Args:
        versions: Versions of one model.
        champions: Numbers of the versions that served, the newest first; one that served twice stands there twice.
        since: Versions since then are kept.

    Example:
        >>> expired_models([], [], datetime(2026, 3, 1))
        []
    """
    chosen = set(list(dict.fromkeys(champions))[: 1 + EARLIER_CHAMPIONS])
    return [model for model in versions if model.at < since and model.state not in ("champion", "blessed", "evaluating") and model.version not in chosen]
