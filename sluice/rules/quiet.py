"""Tell a quiet period from a feed that went silent, by how many batches without rows came in a row before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sluice.domain import Run


def without_quiet(batches: Sequence[Run]) -> Sequence[Run]:
    """Leave out the newest batches if they have no rows, and there are no more of them in a row than there were before: at least one is usual.

    Args:
        batches: Batches of events, in the order of their times.

    Example:
        >>> from datetime import UTC, datetime
        >>> sold, nothing = (Run(name, "orders", "ingest", 1, datetime(2026, 3, 1, tzinfo=UTC), "published", rows=rows) for name, rows in [("a", 9), ("b", 0)])
        >>> [run.id for run in without_quiet([sold, nothing])], [run.id for run in without_quiet([sold, nothing, nothing])]
        (['a'], ['a', 'b', 'b'])
    """
    lengths = [(quiet, len(list(group))) for quiet, group in groupby(run.state == "published" and not run.rows for run in batches)]
    if len(lengths) < 2 or not lengths[-1][0]:
        return batches
    longest = max([1, *(length for quiet, length in lengths[:-1] if quiet)])
    newest = lengths[-1][1]
    return batches[:-newest] if newest <= longest else batches
