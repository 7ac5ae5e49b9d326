"""Measure the CPU time of `sluice init` on a folder of twenty files with two million rows, against reading them once with Polars.

Ten days of events and ten of a catalog, as CSV. Both run in fresh processes, in turn, so that other work on the machine slows both; CPU seconds are those
that the operating system counts. The median of the repeats counts, and the ratio is the median of the pairs' ratios.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, stdev

import polars as pl

from benchmarks.events import events
from benchmarks.figures import Figure, main, number
from benchmarks.startup import command, cpu_seconds

ROWS, FILES, ITEMS = 2_000_000, 20, 20_000
READ = "import polars as pl, pathlib, sys\nfor path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n    pl.read_csv(path, infer_schema=False)"


def write_files(folder: Path, rows: int) -> None:
    """Write half of the files as events and half as a catalog; the catalog has a tenth of the rows."""
    catalog = pl.DataFrame({"item_id": range(rows // 10 // (FILES // 2))}).select(
        pl.format("i{}", pl.col("item_id").cast(pl.String).str.zfill(6)).alias("item_id"),
        pl.format("Product number {}", "item_id").alias("title"),
        pl.format("Brand {}", pl.col("item_id") % 90).alias("brand"),
        (pl.col("item_id") % 900 / 10 + 5).alias("price"),
        pl.format("https://shop.example.com/p/{}", "item_id").alias("link"),
    )
    for day in range(FILES // 2):
        frame = events((rows - rows // 10) // (FILES // 2), day).with_columns(pl.col("event_type").replace("veiw", "view"))
        frame.write_csv(folder / f"events-2026-03-{day + 1:02d}.csv")
        catalog.write_csv(folder / f"items-2026-03-{day + 1:02d}.csv")


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Time both in turn."""
    rows = ROWS // 20 if options.quick else ROWS
    with tempfile.TemporaryDirectory() as place:
        landing = Path(place) / "landing"
        landing.mkdir()
        write_files(landing, rows)
        target = str(Path(place) / "sluice.yaml")
        init = command("init", str(landing), "--to", target, "--force")
        cpu_seconds(init)  # compiles the modules
        pairs = [(cpu_seconds(init), cpu_seconds([sys.executable, "-c", READ, str(landing)])) for _ in range(max(options.seeds, 1))]
    ours, floor = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    spread = stdev(ours) if len(ours) > 1 else None
    name = f"`sluice init`, {FILES} files, {rows:,} rows"
    against = f"reading them with Polars: {number(median(floor))}"
    return [Figure(name, median(ours), "CPU s", against, median(mine / other for mine, other in pairs), len(pairs), spread)]


if __name__ == "__main__":
    main(__doc__ or "", measure)
