"""Carry out a changed type, key, mode or name of a dataset that has stored rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice import jobs
from sluice.app.app import App
from sluice.domain import Message, RebuildPreview, Run
from sluice.errors import RebuildNeeded
from sluice.messages import error_message


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


def waiting_rebuilds(app: App, datasets: Sequence[str] = ()) -> list[Message]:
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
            waiting.append(error_message(error))
    return waiting


def preview_lines(dataset: str, preview: RebuildPreview) -> Iterator[Message]:
    """Yield what a rebuild would do, one line for each change and effect.

    Example:
        >>> from sluice.domain import LayoutChanges
        >>> from sluice.messages import render
        >>> lines = preview_lines("items", RebuildPreview(LayoutChanges(retyped={"price": ("string", "number")}), 10, {"cast:price": 1}, 1))
        >>> for line in lines:
        ...     print(render(line))
        price: stored as string, declared as number
        9 of 10 published rows fit the new declaration
        1 row will be held for cast:price
    """
    yield from preview.changes.messages()
    yield Message.of("layout_fits", fits=preview.rows - preview.holding, rows=preview.rows)
    for rule, rows in preview.failing.items():
        yield Message.of("layout_holds", rows=rows, rule=rule)
    if preview.waiting:
        yield Message.of("layout_casts_held", rows=preview.waiting)
    if preview.castable:
        yield Message.of("layout_castable", rows=preview.castable, dataset=dataset)
