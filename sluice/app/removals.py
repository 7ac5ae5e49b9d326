"""Say which rows a source took out that stay published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice.app.app import App
from sluice.domain import Message
from sluice.sources import DeltaSource


def describe_removals(app: App, datasets: Sequence[str]) -> Iterator[Message]:
    """Yield a line for each version of a Delta table that deletes rows, of those since the last one that brought rows, and for that one.

    Args:
        app: The application, which read the tables.
        datasets: Names of datasets; empty means all.
    """
    for name in datasets or app.config.datasets:
        source = app.source(name)
        if isinstance(source, DeltaSource) and source.schema.mode != "snapshot":
            for version, rows in source.removals().items():
                yield Message.of("delta_rows_removed", dataset=name, version=version, rows=rows)
