"""Index the quarantine of a dataset: of each row its batch, the rules that held it, the columns to blame, and what became of it, without its cells."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, select

from sluice.domain import REASONS, ROW, RUN
from sluice.store.database import Database
from sluice.store.dispositions import settled_rows, settled_since
from sluice.store.lake import Lake
from sluice.store.runs import versions
from sluice.store.tables import COUNTERS

INDEX = pl.Schema(
    {
        ROW: pl.String(),
        RUN: pl.String(),
        "rules": pl.List(pl.String()),
        "columns": pl.List(pl.String()),  # to blame
        "time": pl.Datetime("us", "UTC"),
        "position": pl.Int64(),  # of the row in its batch: the end of its id
    }
)


@dataclass(frozen=True, slots=True)
class _Moment:
    """Hold what changes whenever a row is held, or is held no longer.

    Attributes:
        dataset: The dataset.
        version: Version of its quarantine table; None where there is none.
        number: Number of the newest disposition, of any dataset.
        taken_back: Number of the last time that dispositions were taken back.
    """

    dataset: str
    version: int | None
    number: int
    taken_back: int

    def follows(self, before: _Moment | None) -> bool:
        """Return True where nothing but dispositions came since a moment."""
        return before is not None and (self.dataset, self.version, self.taken_back) == (before.dataset, before.version, before.taken_back)


class QuarantineIndex:
    """Keep the held rows of the dataset that was looked at last: a page asks several questions of them, and a decision takes a few away."""

    def __init__(self, database: Database, lake: Lake) -> None:
        """Read nothing yet."""
        self._database, self._lake = database, lake
        self._lock = threading.Lock()
        self._moment: _Moment | None = None
        self._held = INDEX.to_frame()

    def of(self, dataset: str, state: str) -> pl.DataFrame:
        """Return the rows of the quarantine that are in a state (schema INDEX), in the order of the table."""
        with self._lock, self._database.read() as connection:
            moment = _moment(connection, dataset)
            if state != "held":
                settled = settled_rows(connection, dataset).filter(pl.col("state") == state)
                return ever_held(self._lake, moment.dataset, moment.version).join(settled, on=ROW, how="semi", maintain_order="left")
            if moment != self._moment:
                self._held = self._read_held(connection, moment)
                self._moment = moment
            return self._held

    def _read_held(self, connection: Connection, moment: _Moment) -> pl.DataFrame:
        if self._moment is not None and moment.follows(self._moment):
            return self._held.filter(~pl.col(ROW).is_in(settled_since(connection, moment.dataset, self._moment.number)))
        return ever_held(self._lake, moment.dataset, moment.version).join(settled_rows(connection, moment.dataset), on=ROW, how="anti", maintain_order="left")


def ever_held(lake: Lake, dataset: str, version: int | None) -> pl.DataFrame:
    """Return every row that was ever held, without its cells (schema INDEX); rows of files that were read before are remembered.

    Args:
        lake: The rows.
        dataset: The dataset.
        version: Version of its quarantine table; None where there is none.
    """
    return INDEX.to_frame() if version is None else lake.extract("quarantine", dataset, version, "index", _without_cells)


def _without_cells(rows: pl.LazyFrame) -> pl.LazyFrame:
    rules = pl.col(REASONS).list.eval(pl.element().struct.field("name")).list.unique()
    columns = pl.col(REASONS).list.eval(pl.element().struct.field("columns").explode()).list.drop_nulls().list.unique()
    time = pl.col(REASONS).list.first().struct.field("run_time").cast(INDEX["time"])
    position = pl.col(ROW).str.split(".").list.last().cast(pl.Int64, strict=False)
    return rows.select(ROW, RUN, rules.alias("rules"), columns.alias("columns"), time.alias("time"), position.alias("position"))


def _moment(connection: Connection, dataset: str) -> _Moment:
    counters = {row.name: row.value for row in connection.execute(select(COUNTERS))}
    return _Moment(dataset, versions(connection, dataset).get("quarantine"), counters["disposition"], counters["taken_back"])
