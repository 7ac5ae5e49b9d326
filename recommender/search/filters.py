"""What a search is limited to: items by what their columns say."""

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
WRITTEN = re.compile(rf"\s*(?P<column>.+?)\s*(?P<comparison>{'|'.join(COMPARISONS)})\s*(?P<value>.*?)\s*")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; an item of which the column says nothing does not meet it. Text is compared without regard to case."""

    column: str
    comparison: str
    value: str

    @classmethod
    def parse(cls, written: str) -> Self:
        """A condition as people write it: brand=Aro, price<20.

        Raises:
            UsageError: It is none.
        """
        found = WRITTEN.fullmatch(written)
        if found is None:
            raise UsageError(f"{written!r} is no filter; write a column, one of {' '.join(COMPARISONS)} and a value, such as price<=20")
        if found["value"].startswith(("=", "<", ">")):
            raise UsageError(f"{written!r} compares in a way that is not known; write one of {' '.join(COMPARISONS)}, such as brand=Aro or price<=20")
        return cls(**found.groupdict())

    def of(self, schema: pl.Schema) -> pl.Expr:
        """The condition on a frame of such a schema.

        Raises:
            UsageError: The column is not there, or the value is no number where one is compared.
        """
        if self.column not in schema:
            hint = did_you_mean(self.column, schema.names())
            raise UsageError(f"items have no column {self.column}{hint} (a column can be asked once `attributes` of `recommender` in sluice.yaml names it)")
        compare, column = COMPARISONS[self.comparison], pl.col(self.column)
        if schema[self.column].is_numeric():
            return self._told(compare(column, self._number()))
        return self._told(compare(column.cast(pl.String).str.to_lowercase(), self.value.lower()))

    def _number(self) -> float:
        try:
            number = float(self.value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise UsageError(f"{self.column} holds numbers; {self.value!r} is none")
        return number

    @staticmethod
    def _told(condition: pl.Expr) -> pl.Expr:
        return condition.fill_null(value=False)


def passing(catalog: pl.DataFrame, filters: Sequence[Filter]) -> Bools:
    """Which rows meet all conditions, shape (rows,).

    Raises:
        UsageError: A condition does not fit the catalog.
    """
    conditions = [each.of(catalog.schema) for each in filters]
    return catalog.select(pl.all_horizontal(pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean), *conditions)).to_series().to_numpy()
