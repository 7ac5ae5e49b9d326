"""Filter items by conditions on their columns."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from recommender.data.sequences import Bools
from sluice.config import did_you_mean
from sluice.domain import ColumnCondition
from sluice.errors import InvalidValue, UsageError
from sluice.messages import error_message, make_error

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Filter(ColumnCondition):
    """Apply one condition to a column. Null never passes; text compares without regard to case.

    Example:
        >>> import polars as pl
        >>> items = pl.DataFrame({"brand": ["Aro", "Bex", None], "price": [10, 30, 5]})
        >>> items.filter(Filter.parse("brand=aro").expression(items.schema))["price"].to_list()
        [10]
        >>> items.select(Filter.parse("price < 20").expression(items.schema)).to_series().to_list()
        [True, False, True]
    """

    def expression(self, schema: pl.Schema) -> pl.Expr:
        """Build the condition for frames of a schema.

        Raises:
            UsageError: The column does not exist, or the value is no number where the column holds numbers.
        """
        if self.column not in schema:
            hint = did_you_mean(self.column, schema.names())
            raise make_error(UsageError, "filter_column_unknown", column=self.column, hint=hint)
        compare, column = OPERATORS[self.comparison], pl.col(self.column)
        if schema[self.column].is_numeric():
            if self.number is None:
                raise make_error(UsageError, "filter_value_no_number", column=self.column, value=self.value)
            condition = compare(column, self.number)
        else:
            condition = compare(column.cast(pl.String).str.to_lowercase(), self.value.lower())
        return condition.fill_null(value=False)  # type: ignore[no-any-return]  # comparisons of expressions give expressions


def parse_filter(text: str) -> Filter:
    """Parse a filter as people type it: brand=Aro, price<20.

    Raises:
        UsageError: The text is no condition.
    """
    try:
        return Filter.parse(text)
    except InvalidValue as error:
        raise make_error(UsageError, error_message(error)) from None


def passes(catalog: pl.DataFrame, filters: Sequence[Filter]) -> Bools:
    """Return which rows pass all filters, shape (rows,).

    Raises:
        UsageError: A filter does not fit the catalog.
    """
    conditions = [condition.expression(catalog.schema) for condition in filters]
    return catalog.select(pl.all_horizontal(pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean), *conditions)).to_series().to_numpy()


def passes_texts(catalog: pl.DataFrame, conditions: Sequence[str]) -> Bools:
    """Return which rows pass all conditions that are given as text, shape (rows,).

    Raises:
        UsageError: A text is no condition, or does not fit the catalog.
    """
    return passes(catalog, list(map(parse_filter, conditions)))
