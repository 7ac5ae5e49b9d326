"""Convert amounts to one currency, by rates of exchange that another dataset holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged
from sluice.config import Duration
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_CURRENCY, _RATE, _AT = "_currency", "_rate", "_at"


@dataclass(frozen=True)
class ConvertCurrency:
    """Convert amounts in other currencies to one, and write that currency beside them.

    The rate is the newest one at the time of the row that is no older than `max_age`; a row without such a rate stays as it is. Amounts are rounded to the
    decimals of the currency. Both cells are repairs, so that a conversion can be undone.

    Attributes:
        schema: Schema of the dataset.
        column: Column of type number with the amounts.
        currency_column: Column with the currency of each row (ISO 4217, such as `USD`).
        to: Currency that all amounts are converted to.
        dataset: Dataset of rates.
        rate_currency: Its column with the currency.
        rate: Its column with the worth of one unit of the currency, in units of `to`.
        rate_time: Its column with the day or time that a rate holds from.
        max_age: Greatest age of a rate (duration, such as `7d`).
        also: Further columns of amounts in the same currency, instead of a second step: that would find it converted already.

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch
        >>> schema = Schema("orders", time="ts", columns=(Column("ts", "timestamp"), Column("price", "number"), Column("currency")))
        >>> rates = pl.DataFrame({"currency": ["USD"], "rate": [0.9], "date": [AT.date()]})
        >>> batch = make_batch(schema, {"ts": [AT, AT], "price": [20.0, 5.0], "currency": ["USD", "EUR"]})
        >>> cleaner = ConvertCurrency(schema, "price", "currency", "EUR", "rates")
        >>> cleaner.clean(batch, [], MemorySnapshot({"rates": rates})).batch.rows.select("price", "currency").rows()
        [(18.0, 'EUR'), (5.0, 'EUR')]
    """

    schema: Schema
    column: str
    currency_column: str
    to: str
    dataset: str
    rate_currency: str = "currency"
    rate: str = "rate"
    rate_time: str = "date"
    max_age: Duration = timedelta(days=7)
    also: tuple[str, ...] = ()

    @property
    def _columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.column, *self.also)))

    def __post_init__(self) -> None:
        """Reject columns that do not fit, and a code that is no currency."""
        columns = {column.name: column for column in self.schema.columns}
        if unknown := [name for name in (*self._columns, self.currency_column) if name not in columns]:
            raise make_error(InvalidValue, "convert_undeclared", names=tuple(unknown), columns=tuple(columns))
        wrong = next((name for name in self._columns if columns[name].type != "number"), None)
        if wrong is not None or columns[self.currency_column].type != "string":
            raise make_error(InvalidValue, "convert_types_unfit", column=wrong or self.column, currency=self.currency_column)
        if len(self.to) != 3 or not self.to.isascii() or not self.to.isupper():
            raise make_error(InvalidValue, "convert_currency_unfit", currency=self.to)

    @property
    def needs(self) -> Needs:
        """Return that each row is cleaned by itself."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Convert the amounts that have a rate."""
        rates = read_published(snapshot, self.dataset, [self.rate_currency, self.rate, self.rate_time])
        if rates is None or not {*self._columns, self.currency_column} <= set(batch.rows.columns):
            return unchanged(batch)
        rows = self._with_rates(self._amounts(batch), self._rates(rates))
        message = message_column("currency_converted", currency=pl.col(_CURRENCY), to=pl.lit(self.to)).alias(MESSAGE)
        converted = {name: (pl.col(name) * pl.col(_RATE)).round(_decimals(self.to)) for name in self._columns}
        cells = {name: rows.select(ROW, new.alias(NEW), pl.lit(1.0).alias(CONFIDENCE), message) for name, new in converted.items()}
        amounts = [Proposal(name, new.drop_nulls(NEW)) for name, new in cells.items()]
        currencies = rows.select(ROW, pl.lit(self.to).alias(NEW), pl.lit(1.0).alias(CONFIDENCE), message)
        return apply_proposals(batch, [*amounts, Proposal(self.currency_column, currencies)], "convert_currency", 1.0)

    def _amounts(self, batch: Batch) -> pl.DataFrame:
        """Return the amounts in other currencies, each with its currency and time."""
        written = pl.col(self.currency_column).str.strip_chars().str.to_uppercase()
        timed = self.schema.time is not None and self.schema.time in batch.rows.columns
        at = pl.coalesce(pl.col(str(self.schema.time)), pl.lit(batch.at)) if timed else pl.lit(batch.at)
        rows = batch.rows.select(ROW, *self._columns, written.alias(_CURRENCY), at.cast(pl.Datetime("us", "UTC")).alias(_AT))
        return rows.filter(pl.any_horizontal(pl.col(self._columns).is_not_null()), pl.col(_CURRENCY) != self.to)

    def _rates(self, rates: pl.DataFrame) -> pl.DataFrame:
        """Return the rates by currency and time, the one that was published last where two hold from the same time."""
        at = pl.col(self.rate_time).cast(pl.Datetime("us", "UTC"), strict=False)
        dated = rates.select(pl.col(self.rate_currency).str.to_uppercase().alias(_CURRENCY), at.alias(_AT), pl.col(self.rate).cast(pl.Float64).alias(_RATE))
        return dated.drop_nulls().filter(pl.col(_RATE) > 0).unique([_CURRENCY, _AT], keep="last", maintain_order=True)

    def _with_rates(self, amounts: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
        return (
            amounts.sort(_AT)
            .join_asof(rates.sort(_AT), on=_AT, by=_CURRENCY, strategy="backward", tolerance=self.max_age, check_sortedness=False)
            .drop_nulls(_RATE)
        )


def _decimals(currency: str) -> int:
    """Return the number of decimals of a currency: 2 for EUR, 0 for JPY."""
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)
