"""A SQL table, read from where the last batch ended and landed as Parquet first, so that everything is a file with a hash."""

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
from sluice.sources.landing import Landing, text_frame, without

ROWS = 500_000  # in one landed file


@dataclass(frozen=True)
class SqlSource:
    """The rows of a table or view whose watermark is above the last that was landed.

    Rows that share the last watermark are read again, and only those landed that were not: ties lose no row. But a transaction
    that commits later with a lower watermark is not seen: use a column that the database sets at commit, or load with one
    writer. Rows whose watermark is null are never read.

    Attributes:
        schema: What is declared of the dataset.
        url: SQLAlchemy address of the database.
        table: Its name, with its schema before a dot where it is not in the default one.
        watermark: A column that only grows.
        landing: The folder that landed files are kept in; it remembers where the last batch ended.
        limits: What a landed file may cost.
        rows: Most rows of one landed file, each of which is a batch.
    """

    schema: Schema
    url: str
    table: str
    watermark: str
    landing: Path
    limits: Limits
    rows: int = ROWS

    def arrivals(self) -> Iterator[Arrival]:
        """Land what is new, then give all that was landed, in order.

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
        """The rows of a landed file, cast to the declared schema.

        Raises:
            SourceError: The landed file was altered or is gone.
        """
        return FileSource(self.schema, "*.parquet", self.landing, self.limits).read(arrival)

    def _land(self, connection: sa.Connection, landing: Landing) -> None:
        table = self._reflected(connection)
        now: datetime = connection.execute(sa.select(sa.func.now())).scalar_one()
        ties = landing.ties(self.watermark)
        query = self._newer(table, landing.last(self.watermark))
        result = connection.execution_options(yield_per=self.rows).execute(query)
        for part in result.partitions(self.rows):
            fresh, ties = without(text_frame(list(result.keys()), part), ties)
            if fresh.height and not landing.add(fresh, self._end(fresh, now)):
                return  # another process lands the same rows at this moment

    def _newer(self, table: sa.Table, last: str | None) -> sa.Executable:
        """All columns as the driver gives them: types that SQLAlchemy would read into them are not always what SQLite holds."""
        column = table.columns[self.watermark]
        query = sa.select(*(sa.type_coerce(each, sa.types.NullType()).label(each.name) for each in table.columns)).where(column.is_not(None))
        if last is not None:
            value = int(last) if isinstance(column.type, sa.Integer) else float(last) if isinstance(column.type, sa.Float) else last
            query = query.where(sa.type_coerce(column, sa.types.NullType()) >= sa.literal(value, sa.types.NullType()))
        return query.order_by(column)

    def _end(self, rows: pl.DataFrame, now: datetime) -> datetime:
        """The end of the time that rows cover: their last watermark where it is a time, else when they were read."""
        end = to_type(rows[self.watermark].tail(1), Column(self.watermark, "timestamp"))[0]
        return end if isinstance(end, datetime) else now if now.tzinfo else now.replace(tzinfo=UTC)

    def _reflected(self, connection: sa.Connection) -> sa.Table:
        schema, _, name = self.table.rpartition(".")
        try:
            table = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=connection)
        except NoSuchTableError:
            inspector = sa.inspect(connection)
            known = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
            raise SourceError(f"{self.schema.dataset}: there is no table {self.table}{did_you_mean(name, known)}") from None
        if self.watermark not in table.columns:
            raise SourceError(f"{self.schema.dataset}: {self.table} has no column {self.watermark}{did_you_mean(self.watermark, list(table.columns.keys()))}")
        return table
