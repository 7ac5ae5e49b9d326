"""List what arrived for a command that runs once, which waits for the end of a file rather than leave it to the next run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sluice.cli.language import tr
from sluice.cli.output import say

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import Arrival
    from sluice.errors import SourceError


def list_arrivals(
    sluice: App, datasets: Sequence[str], *, retry_failed: bool = False, on_source_error: Callable[[SourceError], object] | None = None
) -> list[Arrival]:
    """Return what arrived and is not published; see `App.pending_arrivals`.

    Where a file was just written and its last line has no end, it looks again a few seconds later: many exports end without one.
    """
    from sluice.sources.settling import YOUNG

    pending = sluice.pending_arrivals(datasets, retry_failed=retry_failed, on_source_error=on_source_error)
    unfinished = [path.name for path, reason in sluice.settling.waiting.items() if reason.code == "file_unfinished"]
    if not unfinished:
        return pending
    say(tr("{file} was just written, and its last line has no end: looking again in {seconds} s", file=unfinished[0], seconds=YOUNG.seconds))
    time.sleep(YOUNG.total_seconds())
    return sluice.pending_arrivals(datasets, retry_failed=retry_failed, on_source_error=on_source_error)
