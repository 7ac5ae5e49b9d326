"""Read arrivals without the people who were forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sluice.config import Config
from sluice.domain import Arrival, Batch
from sluice.ports import Source
from sluice.rules.suppression import suppress
from sluice.sources.files import FileParts
from sluice.store import SqlStore
from sluice.wiring.sources import source_of
from sluice.wiring.suppression import suppression_list
from sluice.worker.parts import PartSource


@dataclass(frozen=True)
class SuppressingSource:
    """Suppress rows of a source as they are read.

    Attributes:
        source: The source.
        change: Suppresses rows of a batch, and counts them.
    """

    source: Source
    change: Callable[[Batch], Batch]

    def read(self, arrival: Arrival) -> Batch:
        """Return the rows of an arrival; see `Source.read`."""
        return self.change(self.source.read(arrival))


@dataclass(frozen=True)
class SuppressingParts(SuppressingSource):
    """Suppress rows of a source that is read batch by batch."""

    parted: PartSource

    def parts(self, arrival: Arrival, memory: int) -> FileParts:
        """Return the rows of an arrival batch by batch; see `PartSource.parts`."""
        parts = self.parted.parts(arrival, memory)
        return FileParts(parts.rows, lambda: map(self.change, parts.begin()))


def arriving_source(config: Config, store: SqlStore, dataset: str) -> Source | SuppressingSource:
    """Return the source of a dataset, without the rows of people who are forgotten by now.

    Raises:
        UsageError: People are forgotten, and their key is not set, or is another.
    """
    source, people = source_of(config, dataset), suppression_list(config, store, dataset)
    if people is None:
        return source

    def change(batch: Batch) -> Batch:
        left = suppress(batch.rows, people)
        return replace(batch, rows=left.rows, suppressed=left.pseudonymised, rejected=left.rejected)

    return SuppressingParts(source, change, source) if isinstance(source, PartSource) else SuppressingSource(source, change)
