"""Compare the guarded share that Sluice estimates with the share of errors found in the next file, planted by injectors that it does not use.

`sluice init` and `sluice run` read the first file of a table: every second row of a public table without errors, or the first day of a generated export.
The errors (`unlike_errors`) are planted into the text of the second one, one each in 20 % of the rows of a file. An error is found if its row is held,
flagged or fails a rule, or the cell is repaired, and the same row without it is not. Differences are absolute: *over tables* those of the shares of whole
tables, *over columns* those of single columns, weighted by their planted errors. walmart_amazon_cells and retailrocket were looked at while this was written;
of the six tables, the estimates and the CPU time were, but no truth. Set SLUICE_CELLS to folders of further tables (`clean.csv`).
"""

from __future__ import annotations

import argparse
import csv
import io
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import polars as pl

from benchmarks.figures import Figure, main
from benchmarks.first_contact.platforms import own_shops, woocommerce
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.repairs import FOLDERS
from benchmarks.first_contact.shop import draw_shop
from benchmarks.first_contact.unlike_errors import INJECTORS, Planted, Rows, plant
from sluice.app import App, build
from sluice.app.config_scaffold import scaffold_config
from sluice.domain import REASONS, ROW, Outcome, Split
from sluice.pipeline import evaluate
from sluice.wiring.steps import build_steps

PUBLIC, SEED = ("hospital", "flights", "beers", "rayyan"), 11
Alarms = set[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Files:
    """Hold two files of one table, as text; the first row is the header."""

    name: str
    first: Rows
    second: Rows


@dataclass(frozen=True, slots=True)
class Guard:
    """Hold what was estimated and what was measured of one table: shares by column, and the number of planted errors by column."""

    estimated: Mapping[str, float]
    true: Mapping[str, float]
    planted: Mapping[str, int]


def public_table(name: str) -> Files | None:
    """Read a public table as two files of the same kinds of rows, every second row in each; None where it is not there."""
    path = next((folder / name / "clean.csv" for folder in FOLDERS if (folder / name / "clean.csv").exists()), None)
    if path is None:
        return None
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return Files(name, [header, *rows[::2]], [header, *rows[1::2]])


def generated_table(platform: Platform, table: str) -> Files:
    """Write the first two days of a platform's export."""
    shop = draw_shop(SEED, products=1200, events_a_day=2000)
    first, second = (next(sheet.content() for sheet in platform.files(shop, day) if sheet.table.name == table) for day in (0, 1))
    return Files(f"{platform.name} {table}", *(list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) for content in (first, second)))


def write(path: Path, rows: Rows) -> None:
    """Write a file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def measure_table(files: Files, seeds: int) -> Guard:
    """Publish the first file as a new user would, and judge the second one with errors of each kind; nothing of that is published."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / "landing").mkdir()
        write(root / "landing" / "items_2025-10-20.csv", files.first)
        (root / "sluice.yaml").write_text(scaffold_config(root / "landing", root, lambda _: None)[1], encoding="utf-8")
        with build(root / "sluice.yaml") as app:
            (dataset,) = app.config.datasets
            list(app.run(app.pending_arrivals()))
            estimate = app.store.guarded.newest(dataset)
            if estimate is None:
                raise SystemExit(f"{files.name}: nothing was measured")
            return compare_shares(estimate.shares, _detected(app, root, files, seeds))


def _detected(app: App, root: Path, files: Files, seeds: int) -> Mapping[tuple[str, str], list[bool]]:
    """Return by column and injector which planted errors were found."""
    header, *rows = files.second
    (dataset,) = app.config.datasets
    columns = [place for place, name in enumerate(header) if name in app.config.datasets[dataset].columns]
    before = _alarms(_outcome(app, root, files.second), len(rows))
    detected: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for seed in range(seeds):
        for injector in INJECTORS:
            faulty, places = plant(rows, columns, injector, seed)
            new = _alarms(_outcome(app, root, [header, *faulty]), len(rows)) - before
            for error in places:
                detected[header[error.column], injector].append(_is_detected(error, header[error.column], new))
    return detected


def _outcome(app: App, root: Path, rows: Rows) -> Outcome:
    path = root / "landing" / "items_2025-10-21.csv"
    write(path, rows)
    (dataset,) = app.config.datasets
    (arrival,) = (arrival for arrival in app.source(dataset).arrivals() if Path(arrival.uri).name == path.name)
    batch = app.source(dataset).read(arrival)
    path.unlink()
    return evaluate(batch, build_steps(app.config, root / "sluice.yaml", dataset).steps, app.store.snapshot())


def _alarms(outcome: Outcome, rows: int) -> Alarms:
    """Return the row and the rule, or the repaired column, of each alarm; what holds all rows finds none of them."""
    frames = [*_held(outcome.split), outcome.flags.select(ROW, alarm="rule")]
    applied = outcome.repairs.filter("applied")
    frames.append(applied.select(ROW, alarm=pl.lit("repaired:") + pl.col("column")))
    ids = pl.concat([outcome.split.good.rows[ROW], outcome.split.bad.rows[ROW]])
    order = ids.to_frame().sort(ids.str.split(".").list.last().cast(pl.Int64))
    for verdict in outcome.phases["arrival"]:
        if verdict.failing is not None and verdict.failing.len() == order.height:
            frames.append(order.filter(verdict.failing.fill_null(value=False)).with_columns(alarm=pl.lit(verdict.rule)))
    every = pl.concat([frame.cast(pl.String) for frame in frames]).unique()
    some = every.filter(pl.len().over("alarm") < rows)
    return {(int(row.rpartition(".")[2]), alarm) for row, alarm in some.iter_rows()}


def _held(split: Split) -> Iterator[pl.DataFrame]:
    if split.bad.rows.height:
        yield split.bad.rows.select(ROW, REASONS).explode(REASONS).select(ROW, alarm=pl.col(REASONS).struct.field("name"))


def _is_detected(error: Planted, column: str, new: Alarms) -> bool:
    return any(row == error.row and (not alarm.startswith("repaired:") or alarm == f"repaired:{column}") for row, alarm in new)


def compare_shares(estimated: Mapping[str, float], detected: Mapping[tuple[str, str], list[bool]]) -> Guard:
    """Compare estimated shares by column with the errors found by column and injector; each injector counts alike."""
    by_column: dict[str, list[list[bool]]] = defaultdict(list)
    for (column, _), results in detected.items():
        by_column[column].append(results)
    names = [name for name in by_column if name in estimated]
    true = {name: mean(sum(results) / len(results) for results in by_column[name]) for name in names}
    return Guard({name: estimated[name] for name in names}, true, {name: sum(map(len, by_column[name])) for name in names})


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Compare estimate and truth of six tables."""
    tables = [table for name in PUBLIC[: 1 if options.quick else None] if (table := public_table(name))]
    if not options.quick:
        tables += [generated_table(own_shops.PLATFORM, "events"), generated_table(woocommerce.PLATFORM, "products")]
    guards = {table.name: measure_table(table, 1 if options.quick else options.seeds) for table in tables}
    return [*_figures_of_tables(guards), *_figures_of_all(list(guards.values()))]


def _figures_of_tables(guards: Mapping[str, Guard]) -> Iterator[Figure]:
    for name, guard in guards.items():
        yield Figure(f"{name}: guarded, estimated", mean(guard.estimated.values()), "", against="planted errors found", n=sum(guard.planted.values()))
        yield Figure(f"{name}: planted errors found", mean(guard.true.values()), "", n=sum(guard.planted.values()))


def _figures_of_all(guards: Sequence[Guard]) -> Iterator[Figure]:
    by_table = [abs(mean(guard.estimated.values()) - mean(guard.true.values())) for guard in guards]
    yield Figure("mean absolute difference over tables", mean(by_table), "", n=len(by_table))
    yield Figure("mean absolute difference over columns", difference_over_columns(guards), "", n=sum(len(guard.true) for guard in guards))


def difference_over_columns(guards: Sequence[Guard]) -> float:
    """Return the mean absolute difference of the columns' shares, weighted by planted errors."""
    cells = [(abs(guard.estimated[name] - guard.true[name]), guard.planted[name]) for guard in guards for name in guard.true]
    return sum(difference * count for difference, count in cells) / sum(count for _, count in cells)


if __name__ == "__main__":
    main(__doc__ or "", measure)
