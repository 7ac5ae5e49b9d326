"""Build the files of the demo shop day by day: clean, then with faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sluice.demo import files
from sluice.demo.calendar import Calendar
from sluice.demo.events import Traffic
from sluice.demo.items import Items, draw_items
from sluice.demo.people import draw_people
from sluice.demo.plan import catalog_steps, duplicate_products, event_steps, inject_all
from sluice.domain import ROW
from sluice.faults import TRUTH, Injection
from sluice.faults.files import drop_column, truncate

START = datetime(2026, 3, 1, tzinfo=UTC)
TRUTH_OF_FILES = pl.Schema({"file": pl.String(), "position": pl.Int64(), **{name: dtype for name, dtype in TRUTH.items() if name != ROW}})


@dataclass(frozen=True, slots=True)
class Size:
    """Set how large a shop is.

    Attributes:
        days: Days that it is open; at least 3.
        items: Items that it sells; at least 80.
        users: People who visit it.
        per_day: Events on an average day.
    """

    days: int = 14
    items: int = 2000
    users: int = 2000
    per_day: int = 15_000

    def __post_init__(self) -> None:
        """Check that no category is empty.

        Raises:
            ValueError: There are too few items, users or events.
        """
        if self.items < 80 or self.users < 1 or self.per_day < 1:
            raise ValueError("the demo shop needs at least 80 items, one user and one event a day")


SMALL = Size(days=3, items=200, users=150, per_day=800)
"""Size of a shop whose main job takes half a minute of CPU."""


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """Hold one file.

    Attributes:
        dataset: Folder that it lands in.
        file: Its name.
        content: Its bytes.
        truth: Faults injected into it: file, position, kind, column, old, new.
        file_fault: Fault of the file as a whole (file, dataset, kind, column), if any.
    """

    dataset: str
    file: str
    content: bytes
    truth: pl.DataFrame
    file_fault: dict[str, str | None] | None = None


def deliveries(seed: int, size: Size, *, clean: bool) -> Iterator[Delivery]:
    """Yield all files of a shop in the order of days.

    Args:
        seed: Seed of all draws.
        size: How large the shop is.
        clean: Inject no faults.
    """
    calendar = Calendar(size.days)
    item_rng, people_rng, traffic_rng = (np.random.default_rng(sequence) for sequence in np.random.SeedSequence(seed).spawn(3))
    items = draw_items(item_rng, size.items, START, size.days, closed=calendar.missing_column)
    traffic = Traffic(START, size.per_day, draw_people(people_rng, size.users), items, traffic_rng)
    for day in range(size.days):
        name = f"{START + timedelta(days=day):%Y-%m-%d}"
        faults = None if clean else (seed, day)
        yield _deliver_catalog(f"catalog-{name}", _with_ids(items.catalog(day), f"catalog-{name}"), faults, calendar, items)
        yield from _deliver_events(f"events-{name}", _with_ids(traffic.day(day), f"events-{name}"), faults, calendar, items)


def _deliver_catalog(name: str, injected: Injection, faults: tuple[int, int] | None, calendar: Calendar, items: Items) -> Delivery:
    file = f"{name}.csv"
    if faults is None:
        return Delivery("catalog", file, files.to_csv(injected.rows), locate(injected, file))
    seed, day = faults
    if day == calendar.missing_column:
        content = files.to_csv(drop_column(injected.rows, column="brand").rows)
        return Delivery("catalog", file, content, locate(injected, file), _file_fault(file, "missing_column", "brand"))
    if calendar.duplicates <= day != calendar.kilograms:
        injected = inject_all(injected, [duplicate_products(items)], [seed])
    injected = inject_all(injected, catalog_steps(calendar, day), [seed, day, 1])
    return Delivery("catalog", file, files.to_csv(injected.rows), locate(injected, file))


def _deliver_events(name: str, injected: Injection, faults: tuple[int, int] | None, calendar: Calendar, items: Items) -> Iterator[Delivery]:
    as_parquet = faults is not None and faults[1] == calendar.parquet
    file, write = (f"{name}.parquet", files.to_parquet) if as_parquet else (f"{name}.jsonl.gz", files.to_jsonl)
    if faults is None:
        yield Delivery("events", file, write(injected.rows), locate(injected, file))
        return
    seed, day = faults
    injected = inject_all(injected, event_steps(calendar, day, items, injected.rows.height), [seed, day, 2])
    injected = Injection(injected.rows.sort("received_at", maintain_order=True), injected.truth)
    content = write(injected.rows)
    if day == calendar.truncated:
        yield Delivery("events", file, truncate(content, seed=seed), TRUTH_OF_FILES.to_frame(), _file_fault(file, "truncated_file"))
        file = f"{name}-resend.jsonl.gz"
    yield Delivery("events", file, content, locate(injected, file))


def locate(injected: Injection, file: str) -> pl.DataFrame:
    """Return the truth with each row named by its position in the file, counted from 0 (schema TRUTH_OF_FILES)."""
    places = injected.rows.select(ROW, pl.int_range(pl.len(), dtype=pl.Int64).alias("position"))
    return injected.truth.join(places, on=ROW, how="inner", maintain_order="left").with_columns(file=pl.lit(file)).select(TRUTH_OF_FILES.names())


def _with_ids(rows: pl.DataFrame, name: str) -> Injection:
    return Injection(rows.with_columns(pl.format("{}.{}", pl.lit(name), pl.int_range(pl.len())).alias(ROW)), TRUTH.to_frame())


def _file_fault(file: str, kind: str, column: str | None = None) -> dict[str, str | None]:
    return {"dataset": file.partition("-")[0], "file": file, "kind": kind, "column": column}
