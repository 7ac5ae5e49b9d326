"""Decide in which order batches are ingested that wait together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from sluice.domain import Arrival

_DAY = timedelta(days=1)


def order_arrivals(
    arrivals: Sequence[Arrival], references: Mapping[str, Collection[str]], published: Collection[str], every: Mapping[str, timedelta | None]
) -> list[Arrival]:
    """Order batches by time, each after the batches of the datasets that it refers to.

    Before a batch come those batches of a referenced dataset that wait with it and whose time is earlier, or later by less than one
    period; and the oldest one where no earlier one is there, so that rows older than the first catalog are judged against the oldest.

    Args:
        arrivals: What waits.
        references: Datasets that each dataset refers to; the datasets themselves in an order in which referenced ones come first.
        published: Datasets of which a batch is published.
        every: Interval between batches by dataset; None: one day.

    Example:
        >>> from datetime import UTC, datetime
        >>> events, items = (Arrival(name, name, "", "", 0, datetime(2026, 3, day, tzinfo=UTC)) for name, day in (("events", 1), ("items", 9)))
        >>> [arrival.id for arrival in order_arrivals([events, items], {"items": (), "events": ("items",)}, (), {})]
        ['items', 'events']
    """
    ranks = {name: rank for rank, name in enumerate(references)}
    by_time = sorted(arrivals, key=lambda arrival: (arrival.at, ranks[arrival.dataset]))
    waiting = {name: [arrival for arrival in by_time if arrival.dataset == name] for name in references}
    available = set(published)

    def due(arrival: Arrival) -> Iterator[Arrival]:
        """Yield what comes before a batch, and the batch, and take them off what waits."""
        for name in references[arrival.dataset]:
            if ranks[name] < ranks[arrival.dataset]:
                latest = arrival.at + (every.get(name) or _DAY)
                while (queue := waiting[name]) and (queue[0].at < latest or name not in available):
                    yield from due(queue[0])
        waiting[arrival.dataset].remove(arrival)
        available.add(arrival.dataset)
        yield arrival

    return [earlier for arrival in by_time if arrival in waiting[arrival.dataset] for earlier in due(arrival)]
