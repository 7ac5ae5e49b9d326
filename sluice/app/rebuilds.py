"""Carry out a changed type, key, mode or name of a dataset that has stored rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice import jobs
from sluice.app.app import App
from sluice.domain import RebuildPreview, Run, counted
from sluice.errors import RebuildNeeded
from sluice.messages import render


def preview_rebuild(app: App, dataset: str) -> RebuildPreview:
    """State what a rebuild of a dataset would do; runs that were interrupted are finished first.

    Raises:
        UsageError: There is no such dataset.
    """
    with app.store.lease(app.require_dataset(dataset)):
        return app.worker.preview_rebuild(dataset, app.store.snapshot().id, app.now())


def rebuild(app: App, dataset: str) -> Iterator[Run]:
    """Rebuild a dataset, and let its cleaners read the cells that do not cast alone; yield each run once it is published, and none where nothing differs.

    Raises:
        UsageError: There is no such dataset.
    """
    run = jobs.rebuild(app.require_dataset(dataset), app.store, app.worker, now=app.now())
    if run is None:
        return
    yield run
    if app.config.datasets[dataset].clean:
        yield from jobs.reread(run, app.store, app.worker, now=app.now())


def waiting_rebuilds(app: App, datasets: Sequence[str] = ()) -> list[str]:
    """Say of each dataset whose stored rows do not fit its declaration what differs, and the command that carries it out.

    Args:
        app: The application.
        datasets: Names of datasets; empty means all.
    """
    waiting = []
    for dataset in datasets or app.config.datasets:
        try:
            app.store.require_layout(dataset)
        except RebuildNeeded as error:
            waiting.append(str(error))
    return waiting


def preview_lines(dataset: str, preview: RebuildPreview) -> Iterator[str]:
    """Yield what a rebuild would do, one line for each change and effect.

    Example:
        >>> from sluice.domain import LayoutChanges
        >>> lines = preview_lines("items", RebuildPreview(LayoutChanges(retyped={"price": ("string", "number")}), 10, {"cast:price": 1}, 1))
        >>> for line in lines:
        ...     print(line)
        price: stored as string, declared as number
        9 of 10 published rows fit the new declaration
        1 row will be held for cast:price
    """
    yield from map(render, preview.changes.messages())
    yield f"{preview.rows - preview.holding:,} of {counted(preview.rows, 'published row')} fit the new declaration"
    for rule, rows in preview.failing.items():
        yield f"{counted(rows, 'row')} will be held for {rule}"
    if preview.waiting:
        yield f"{counted(preview.waiting, 'held row')} will be cast too, and stay held"
    if preview.castable:
        yield f"{preview.castable:,} of them are held only for cells that now cast: look at them with `sluice quarantine list {dataset}`, and release them"
