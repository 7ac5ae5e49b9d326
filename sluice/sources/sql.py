"""Read a SQL table from where the last batch ended; rows are landed as Parquet first, so that every batch is a file with a hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

from sluice.config import Limits, did_you_mean
from sluice.config.address import engine_at
from sluice.domain import Arrival, Batch, Column, Mark, Schema
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.rules.keyed_digests import KeyedDigests, key_of
from sluice.sources.cast import to_type
from sluice.sources.files import FileSource
from sluice.sources.landing import Landing, Suppress, text_frame
from sluice.sources.marked import Marks, land_marked, read_up_to
from sluice.sources.sql_tables import current_time, newer_rows, reflect
from sluice.sources.watermarks import SeenRows, look_back_from, order_of

ROWS = 500_000  # in one landed file
_Part = TypeVar("_Part")


@dataclass(frozen=True)
class SqlSource:
    """Read the rows of a table or view from the watermark on up to which published batches have read it.

    The mark is a part of the records of runs, and moves with the publishing of its rows: a second machine reads from there, and rows that were landed and
    not published are read again where their file is lost. Rows that commit late with a lower watermark are read where it is no lower than `look_back` under
    the highest one. Of the rows that are read again, those with the same cells as before are left out. Rows whose watermark is null are never read.

    Attributes:
        schema: The dataset.
        url: SQLAlchemy address of the database.
        table: Name of the table, with its schema before a dot where it is not in the default one.
        watermark: A column that only grows.
        landing: Folder of the landed files of this machine.
        limits: Largest sizes of a landed file, a cell and so on.
        rows: Largest number of rows of one landed file; each file is a batch.
        look_back: How far under the highest watermark rows are read again; None: the default of times, or of numbers.
        marks: What was read, by whichever machine; None: what landed here says so alone.
        suppress: Takes people who were forgotten out of rows that are landed; None: nobody was.
        digests: Compute digests of the rows that were read; without a key unless given.
    """

    schema: Schema
    url: str
    table: str
    watermark: str
    landing: Path
    limits: Limits
    rows: int = ROWS
    look_back: timedelta | float | None = None
    marks: Marks | None = None
    suppress: Suppress | None = None
    digests: KeyedDigests = field(default_factory=KeyedDigests)

    def arrivals(self) -> Iterator[Arrival]:
        """Land the new rows, then yield all landed files in order.

        Raises:
            SourceError: The database does not answer, or has no such table or column; or what was read is known on another machine alone.
        """
        landing = Landing(self.landing, self.schema.dataset, self.suppress)
        engine = engine_at(self.url, poolclass=sa.NullPool)
        start = self._start(landing)
        try:
            with engine.connect() as connection:
                self._land(connection, landing, start)
        except SQLAlchemyError as error:
            where = f"{engine.url.get_backend_name()} at {engine.url.host or engine.url.database}"
            raise make_error(SourceError, "source_silent", dataset=self.schema.dataset, where=where, error=type(error).__name__) from None
        finally:
            engine.dispose()
        yield from landing.arrivals(self.schema, self.limits)

    def read(self, arrival: Arrival) -> Batch:
        """Return the rows of a landed file, cast to the declared schema.

        Raises:
            SourceError: The landed file was altered or is gone.
        """
        batch = FileSource(self.schema, "*.parquet", self.landing, self.limits).read(arrival)
        return replace(batch, mark=arrival.mark)

    def _start(self, landing: Landing) -> Mark | None:
        mark = read_up_to(landing, self.schema, self.limits, self.marks, self.table)
        missing = sorted({key for key in map(key_of, mark.digests) if key} - {*self.digests.ids}) if mark else ()
        if missing:  # rows without a key would be read twice
            raise make_error(SourceError, "rows_read_under_key", dataset=self.schema.dataset, table=self.table, keys=", ".join(missing))
        return mark or self._landed(landing)

    def _landed(self, landing: Landing) -> Mark | None:
        """Return up to where an earlier version landed rows, which wrote no marks."""
        value = landing.last(self.watermark)
        if value is None:
            return None
        ties = SeenRows((), self.digests)
        ties.new(landing.ties(self.watermark), self.watermark)
        return Mark("", "", landing.last_number(), value, ties.seen_from(value, complete=True))

    def _land(self, connection: sa.Connection, landing: Landing, start: Mark | None) -> None:
        table = self._reflected(connection)
        dialect = connection.dialect.name
        now = connection.execute(current_time(dialect)).scalar_one()
        first = None if start is None else look_back_from(start.value, self.look_back)
        result = connection.execution_options(yield_per=self.rows).execute(newer_rows(table, self.watermark, first, dialect))
        read, mark, names = SeenRows(start.digests if start else (), self.digests), start, list(result.keys())
        for part, is_last in _with_last(result.partitions(self.rows)):
            rows = text_frame(names, part)
            new = read.new(rows, self.watermark)
            if not new.height:
                continue
            last = rows[self.watermark][-1]
            value = last if mark is None else max(mark.value, last, key=order_of)
            digests = read.seen_from(look_back_from(value, self.look_back), complete=is_last)
            mark = land_marked(landing, new, self._end(new, now), mark, value, digests)
            if mark is None:
                return  # another process lands the same rows

    def _end(self, rows: pl.DataFrame, now: datetime) -> datetime:
        """Return the end of the period that rows cover: their last watermark where it is a time, else the time of reading."""
        end = to_type(rows[self.watermark].tail(1), Column(self.watermark, "timestamp"))[0]
        return end if isinstance(end, datetime) else now if now.tzinfo else now.replace(tzinfo=UTC)

    def _reflected(self, connection: sa.Connection) -> sa.Table:
        schema, _, name = self.table.rpartition(".")
        try:
            table = reflect(connection, name, schema or None)
        except NoSuchTableError:
            inspector = sa.inspect(connection)
            names = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
            raise make_error(SourceError, "no_such_table", dataset=self.schema.dataset, table=self.table, hint=did_you_mean(name, names)) from None
        if self.watermark not in table.columns:
            raise make_error(
                SourceError,
                "no_such_source_column",
                dataset=self.schema.dataset,
                table=self.table,
                column=self.watermark,
                hint=did_you_mean(self.watermark, list(table.columns.keys())),
            )
        return table


def _with_last(parts: Iterable[_Part]) -> Iterator[tuple[_Part, bool]]:
    """Yield each part with whether it is the last one."""
    waiting: list[_Part] = []
    for part in parts:
        yield from ((former, False) for former in waiting)
        waiting = [part]
    yield from ((last, True) for last in waiting)
