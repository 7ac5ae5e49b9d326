"""Implement expect_column_values_to_have_form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Result, RowResult, boolean_series
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.ports import Snapshot
from sluice.rules.forms import standard_value
from sluice.rules.forms.settings import require_form


@dataclass(frozen=True)
class HaveForm:
    """Expect values of a known form: phone numbers, e-mail addresses, links, countries, languages, article and book numbers, sizes or colours.

    Check digits are verified. A value in another spelling of the form passes: the cleaner `standardize` writes it in the standard one.

    Attributes:
        schema: Schema of the dataset.
        column: Column of type string.
        form: `phone`, `email`, `url`, `country`, `language`, `gtin`, `isbn`, `size` or `colour`.
        region: Region of phone numbers without a country code (two letters, such as `DE`).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("ean"),))
        >>> batch = make_batch(schema, {"ean": ["4006381333931", "4006381333932", None]})
        >>> HaveForm(schema, "ean", "gtin").evaluate(batch, MemorySnapshot()).failing.to_list()
        [False, True, False]
    """

    dimension: ClassVar[Dimension] = "validity"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    column: str
    form: str
    region: str | None = None

    def __post_init__(self) -> None:
        """Reject a column of no text, and a form that does not exist."""
        require_form(self.schema, self.column, self.form, self.region)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column with the values."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("value_of_no_form", column=self.column, form=self.form)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Read each distinct value; nulls are not evaluated."""
        _ = snapshot
        texts = batch.rows[self.column].drop_nulls().unique()
        wrong = [text for text in texts if standard_value(self.form, text, self.region) is None]
        failing = pl.col(self.column).is_in(pl.Series(wrong, dtype=pl.String).implode()).fill_null(value=False)
        return RowResult(boolean_series(batch.rows, failing), boolean_series(batch.rows, pl.col(self.column).is_not_null()))
