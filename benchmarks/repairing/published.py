"""Run Sluice on a log as a shop does, and return what became of each row."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath

import polars as pl

from benchmarks.repairing.log import DAYS, HISTORY, CleanLog, closes
from recommender.data.interactions import load_interactions
from sluice.app import build
from sluice.app.app import App
from sluice.demo.answers import gather
from sluice.domain import REPEATS, ROW

CONFIGURATION = Path(__file__).parent / "sluice.yaml"


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Hold what became of a log.

    Attributes:
        held: Ids of rows that were held, or taken for copies.
        changed: Cells that were changed: `_row_id`, `column`, `new`.
        unordered: Ids of rows whose order is unknown.
        interactions: What a recommender reads.
    """

    held: pl.Series
    changed: pl.DataFrame
    unordered: pl.Series
    interactions: pl.DataFrame

    @property
    def answered(self) -> pl.Series:
        """Return the ids of all rows that were not published as they came."""
        return pl.concat([self.held, self.changed[ROW], self.unordered]).unique()


def publish_history(log: CleanLog, folder: Path) -> None:
    """Land a catalog and the days without dirt in a folder, and run them."""
    shutil.copy(CONFIGURATION, folder / "sluice.yaml")
    (folder / "landing/events").mkdir(parents=True)
    (folder / "landing/catalog").mkdir()
    log.catalog.write_parquet(folder / "landing/catalog" / f"catalog-{closes(-1):%Y-%m-%d}.parquet")
    _land(folder, log.days, range(HISTORY))
    with build(folder / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))


def publish(history: Path, days: Sequence[pl.DataFrame]) -> Published:
    """Land the days after the history in a copy of its folder, run them, and read what was published.

    Args:
        history: Folder of `publish_history`.
        days: Events of all days as they land.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "shop"
        shutil.copytree(history, folder)
        _land(folder, days, range(HISTORY, DAYS))
        with build(folder / "sluice.yaml") as app:
            list(app.run(app.pending_arrivals()))
            return _read(app, days)


def _land(folder: Path, days: Sequence[pl.DataFrame], chosen: range) -> None:
    for day in chosen:
        days[day].drop(ROW).write_parquet(folder / "landing/events" / _file(day))


def _file(day: int) -> str:
    return f"events-{closes(day) - timedelta(days=1):%Y-%m-%d}.parquet"


def _read(app: App, days: Sequence[pl.DataFrame]) -> Published:
    runs = {PurePosixPath(run.uri).name: run.id for run in app.store.runs.of("events") if run.kind == "ingest" and run.state == "published"}
    if missing := [_file(day) for day in range(DAYS) if _file(day) not in runs]:
        raise RuntimeError(f"not published: {', '.join(missing)}")
    names = pl.concat(
        [days[day].select(own=ROW).with_columns(pl.format("{}.{}", pl.lit(runs[_file(day)]), pl.int_range(pl.len())).alias(ROW)) for day in range(DAYS)]
    )
    snapshot, config = app.store.snapshot(), app.config.recommender
    if config is None:
        raise RuntimeError("the configuration names no recommender")
    repeats = snapshot.repeats("events").select(*REPEATS).collect()
    answers = gather(snapshot, ["events"], {"events": app.store.quarantine.repairs("events")}, {"events": repeats})

    def own(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(names, on=ROW, how="inner", maintain_order="left").with_columns(pl.col("own").alias(ROW)).drop("own")

    changed = own(answers.changed.select(ROW, "column", "new"))
    return Published(own(answers.held.select(ROW))[ROW].unique(), changed, own(answers.unordered.to_frame(ROW))[ROW], load_interactions(snapshot, config))
