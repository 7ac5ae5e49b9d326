"""Measure the CPU time of a page of the quarantine beside rows that are held no longer, after a change.

A page needs the rules that hold rows, the number of rows and the newest hundred rows. Of 500,000 held rows 318,000 are rejected by their rule; the shop
beside it holds as many rows as are left there, and none is settled. The floor reads the hundred rows of the page with Polars, given their ids.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import polars as pl
from deltalake import DeltaTable

from benchmarks.alone import alone
from benchmarks.events import events
from benchmarks.figures import Figure, main
from sluice.domain import RAW_TYPE, REASON_TYPE, ROW, Batch, Column, Outcome, Request, Schema, Score, Split
from sluice.store import SqlStore, open_store
from sluice.store.dashboard_queries import QuarantineFilter, count_rows, held_by_rule, quarantine_page

AT, BATCHES, REPEATS = datetime(2026, 3, 15, tzinfo=UTC), 5, 9
HELD, SETTLED = 500_000, 318_000
_NAMES = {"event_id": "string", "user_id": "string", "item_id": "string", "event_type": "string", "ts": "timestamp", "price": "number", "quantity": "integer"}
SCHEMA = Schema("events", "append", ("event_id",), tuple(Column(name, kind) for name, kind in _NAMES.items()), "ts")  # type: ignore[arg-type]  # kinds of columns


@dataclass(frozen=True)
class Look:
    """Hold the CPU seconds of looks at a page, and of reading its rows by hand."""

    page: list[float]
    by_hand: list[float]


def held_rows(batch: str, settled: int, left: int, seed: int) -> Batch:
    """Draw rows of a batch, the first of which one rule holds, and the others another one."""
    reasons = [
        {"name": rule, "message": "is not empty", "columns": ["price"], "severity": "critical", "dimension": "completeness", "run_id": batch, "run_time": AT}
        for rule in ("to_reject", "to_keep")
    ]
    number = pl.int_range(pl.len())
    reason = pl.when(number < settled).then(pl.lit([reasons[0]], dtype=REASON_TYPE)).otherwise(pl.lit([reasons[1]], dtype=REASON_TYPE))
    rows = events(settled + left, seed).select(*_NAMES).with_columns(pl.col("ts").dt.replace_time_zone("UTC"))
    extras = [(batch + "." + number.cast(pl.String)).alias(ROW), pl.lit(None, dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action")]
    return Batch("events", batch, rows.with_columns(*extras, reason.alias("_reasons")), AT)


def open_shop(folder: Path) -> SqlStore:
    """Open a store, which is created."""
    return open_store(f"sqlite:///{folder}/sluice.db", f"{folder}/lake", schemas={"events": SCHEMA}, policies={}, clock=lambda: AT, create=True)


def hold(store: SqlStore, settled: int, left: int) -> None:
    """Hold rows in several batches."""
    for number in range(BATCHES):
        held = held_rows(f"b{number:011}", settled // BATCHES, left // BATCHES, number)
        good = Batch("events", held.id, held.rows.clear().drop("_reasons"), AT)
        empty = pl.DataFrame()
        with store.lease("events") as lease:
            store.publish(lease, store.stage(Outcome("ingest", Score(None), Score(None), Split(good, held), empty, {}, "0")))


def reject(store: SqlStore, request: str, rows: Sequence[str] | None = None) -> None:
    """Reject rows, or all of a rule."""
    with store.lease("events") as lease:
        chosen = rows if rows is not None else store.quarantine.held("events", rule="to_reject", columns=[])[ROW].to_list()
        store.quarantine.reject(lease, Request(request, "reject", "events", "Ada", "no", AT, tuple(chosen)), chosen)


def looks(settled: int, left: int, repeats: int) -> tuple[Look, Look]:
    """Look at the first pages of two shops in turn, each time after one more row was rejected: one with settled rows, and one with as many held rows alone."""
    with tempfile.TemporaryDirectory() as beside, tempfile.TemporaryDirectory() as plain:
        pages = [HeldPage(Path(beside), settled, left), HeldPage(Path(plain), 0, left)]
        rounds = [[page.look() for page in pages] for _ in range(repeats)]
        for page in pages:
            page.store.close()
    first, second = (Look([ours for ours, _ in of_shop], [hand for _, hand in of_shop]) for of_shop in zip(*rounds, strict=True))
    return first, second


class HeldPage:
    """Hold rows in a shop of its own, and look at the first page of them.

    Attributes:
        store: The shop's store.
    """

    def __init__(self, folder: Path, settled: int, left: int) -> None:
        """Hold all rows, reject those that are to be settled, and look once."""
        self.store, self._selection, self._left, self._looks = open_shop(folder), QuarantineFilter("events"), left, 0
        self._table = folder / "lake" / "quarantine" / "events"
        hold(self.store, settled, left)
        if settled:
            reject(self.store, "all")
        self._page = quarantine_page(self.store, self._selection, 1)

    def look(self) -> tuple[float, float]:
        """Reject one more row; return the CPU seconds of the page, and those of reading its rows by hand."""
        reject(self.store, f"one{self._looks}", [self._page[ROW][-1]])
        self._looks += 1
        start = time.process_time()
        held_by_rule(self.store, self._selection)
        rows = count_rows(self.store, self._selection)
        self._page = quarantine_page(self.store, self._selection, 1)
        seconds = time.process_time() - start
        assert (rows, self._page.height) == (self._left - self._looks, 100)
        return seconds, _by_hand(self._table, self._page)


def _by_hand(table: Path, page: pl.DataFrame) -> float:
    files = DeltaTable(str(table)).file_uris()
    start = time.process_time()
    rows = pl.scan_parquet(files).filter(pl.col(ROW).is_in(page[ROW].implode())).collect()
    assert rows.height == page.height
    return time.process_time() - start


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both shops in turn, in a fresh process."""
    scale, repeats = (20, 3) if options.quick else (1, REPEATS)
    settled, left = SETTLED // scale, (HELD - SETTLED) // scale
    beside, alone_held = alone(looks, settled, left, repeats)
    ours, floor, plain = median(beside.page), median(beside.by_hand), median(alone_held.page)
    name = f"a page of {left:,} held rows beside {settled:,} settled ones"
    return [
        Figure(name, ours, "CPU s", f"Polars reads its rows: {floor:.3g}", ours / floor, repeats),
        Figure(f"{name}, against none settled", ours, "CPU s", f"nothing settled: {plain:.3g}", ours / plain, repeats),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
