"""Name batches by their files, as people know them: the end of a batch is a day after the date in the name of its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.widgets.formatting import format_time
from sluice.domain import Run


def batch_names(shop: Shop, ends: Mapping[str, datetime]) -> dict[str | None, str]:
    """Return the name of each batch with its end; where that is the same of several, their runs tell them apart.

    Args:
        shop: The shop.
        ends: By run, the end of the batch.
    """
    files = files_of(shop, ends)
    names = {run: f"{files[run]} · {format_time(end)}" for run, end in ends.items()}
    times = Counter(names.values())
    return {run: f"{name} · {run}" if times[name] > 1 and files[run] != run else name for run, name in names.items()}


def files_of(shop: Shop, ids: Iterable[str]) -> dict[str, str]:
    """Return the file of each batch, or what else it came from; an unknown run is named by its id."""
    runs = {run.id: run for run in cache.runs(shop)}
    return {name: file_of(runs[name]) if name in runs else name for name in ids}


def file_of(run: Run) -> str:
    """Return the name of the file of a batch; without one, what kind of run it was."""
    return run.uri.rsplit("/", 1)[-1] or label(run.kind)
