"""Filter items by conditions on their columns."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

from recommender.data.sequences import Bools
from sluice.config import did_you_mean
from sluice.errors import UsageError

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
CONDITION = re.compile(rf"\s*(?P<column>.+?)\s*(?P<comparison>{'|'.join(COMPARISONS)})\s*(?P<value>.*?)\s*")


@dataclass(frozen=True, slots=True)
class Filter:
    """Represent one condition on a column. Null never passes; text compares without regard to case.

    Example:
        >>> import polars as pl
        >>> items = pl.DataFrame({"brand": ["Aro", "Bex", None], "price": [10, 30, 5]})
        >>> items.filter(Filter.parse("brand=aro").expression(items.schema))["price"].to_list()
        [10]
        >>> items.select(Filter.parse("price < 20").expression(items.schema)).to_series().to_list()
        [True, False, True]
    """

    column: str
    comparison: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a condition as people type it: brand=Aro, price<20.

        Raises:
            UsageError: The text is no condition.
        """
        match = CONDITION.fullmatch(text)
        if match is None:
            raise UsageError(f"{text!r} is no filter; write a column, one of {' '.join(COMPARISONS)} and a value, such as price<=20")
        if match["value"].startswith(("=", "<", ">")):
            raise UsageError(f"{text!r} has an unknown comparison; write one of {' '.join(COMPARISONS)}, such as brand=Aro or price<=20")
        return cls(**match.groupdict())

    def expression(self, schema: pl.Schema) -> pl.Expr:
        """Build the condition for frames of a schema.

        Raises:
            UsageError: The column does not exist, or the value is no number where the column holds numbers.
        """
        if self.column not in schema:
            hint = did_you_mean(self.column, schema.names())
            raise UsageError(f"items have no column {self.column}{hint} (a column can be filtered once `attributes` of `recommender` in sluice.yaml names it)")
        compare, column = COMPARISONS[self.comparison], pl.col(self.column)
        if schema[self.column].is_numeric():
            condition = compare(column, self._number())
        else:
            condition = compare(column.cast(pl.String).str.to_lowercase(), self.value.lower())
        return condition.fill_null(value=False)  # type: ignore[no-any-return]  # comparisons of expressions give expressions

    def _number(self) -> float:
        try:
            number = float(self.value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise UsageError(f"{self.column} holds numbers; {self.value!r} is none")
        return number


def passes(catalog: pl.DataFrame, filters: Sequence[Filter]) -> Bools:
    """Return which rows pass all filters, shape (rows,).

    Raises:
        UsageError: A filter does not fit the catalog.
    """
    conditions = [condition.expression(catalog.schema) for condition in filters]
    return catalog.select(pl.all_horizontal(pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean), *conditions)).to_series().to_numpy()
