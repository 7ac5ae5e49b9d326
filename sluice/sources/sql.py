"""Read a SQL table from where the last batch ended; rows are landed as Parquet first, so that every batch is a file with a hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

from sluice.config import Limits, did_you_mean
from sluice.config.address import engine_at
from sluice.domain import Arrival, Batch, Column, Schema
from sluice.errors import SourceError
from sluice.sources.cast import to_type
from sluice.sources.files import FileSource
from sluice.sources.landing import Landing, exclude_landed, text_frame
from sluice.sources.sql_tables import current_time, newer_rows, reflect

ROWS = 500_000  # in one landed file


@dataclass(frozen=True)
class SqlSource:
    """Read the rows of a table or view whose watermark is above the last landed one.

    Rows that share the last watermark are read again, and only the new ones are landed, so that ties lose no row. A transaction
    that commits later with a lower watermark is missed: use a column that the database sets at commit, or load with one
    writer. Rows whose watermark is null are never read.

    Attributes:
        schema: The dataset.
        url: SQLAlchemy address of the database.
        table: Name of the table, with its schema before a dot where it is not in the default one.
        watermark: A column that only grows.
        landing: Folder of the landed files; the newest one holds where the last batch ended.
        limits: Largest sizes of a landed file, a cell and so on.
        rows: Largest number of rows of one landed file; each file is a batch.
    """

    schema: Schema
    url: str
    table: str
    watermark: str
    landing: Path
    limits: Limits
    rows: int = ROWS

    def arrivals(self) -> Iterator[Arrival]:
        """Land the new rows, then yield all landed files in order.

        Raises:
            SourceError: The database does not answer, or has no such table or column.
        """
        landing = Landing(self.landing, self.schema.dataset)
        engine = engine_at(self.url, poolclass=sa.NullPool)
        try:
            with engine.connect() as connection:
                self._land(connection, landing)
        except SQLAlchemyError as error:
            where = f"{engine.url.get_backend_name()} at {engine.url.host or engine.url.database}"
            raise SourceError(f"{self.schema.dataset}: {where} does not give its rows ({type(error).__name__}); is it up, and may we read it?") from None
        finally:
            engine.dispose()
        yield from landing.arrivals(self.schema, self.limits)

    def read(self, arrival: Arrival) -> Batch:
        """Return the rows of a landed file, cast to the declared schema.

        Raises:
            SourceError: The landed file was altered or is gone.
        """
        return FileSource(self.schema, "*.parquet", self.landing, self.limits).read(arrival)

    def _land(self, connection: sa.Connection, landing: Landing) -> None:
        table = self._reflected(connection)
        dialect = connection.dialect.name
        now = connection.execute(current_time(dialect)).scalar_one()
        ties = landing.ties(self.watermark)
        query = newer_rows(table, self.watermark, landing.last(self.watermark), dialect)
        result = connection.execution_options(yield_per=self.rows).execute(query)
        for part in result.partitions(self.rows):
            new, ties = exclude_landed(text_frame(list(result.keys()), part), ties)
            if new.height and not landing.add(new, self._end(new, now)):
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
            raise SourceError(f"{self.schema.dataset}: there is no table {self.table}{did_you_mean(name, names)}") from None
        if self.watermark not in table.columns:
            raise SourceError(f"{self.schema.dataset}: {self.table} has no column {self.watermark}{did_you_mean(self.watermark, list(table.columns.keys()))}")
        return table
