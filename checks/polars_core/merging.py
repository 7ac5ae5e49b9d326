"""Merge the results of a scan of two parts of a frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.polars_core.exact_sums import add_sums
from checks.polars_core.quantiles import add_counts
from checks.polars_core.values import Merge, Value, as_list


@dataclass(frozen=True, slots=True, eq=False)
class Unfinished:
    """Hold the results of Polars for some values, an exception where one failed.

    Attributes:
        results: The results.
        merges: How each is merged.
    """

    results: Sequence[Any]
    merges: Sequence[Merge | None]

    def merge(self, other: Unfinished) -> Unfinished:
        """Return the results for two parts of a frame."""
        return Unfinished([_merge(*pair) for pair in zip(self.merges, self.results, other.results, strict=True)], self.merges)


def finish(values: Sequence[Value], unfinished: Unfinished) -> list[Any]:
    """Return values, given the results of Polars for them."""
    return [_finish(value, result) for value, result in zip(values, unfinished.results, strict=True)]


def _merge(merge: Merge | None, first: Any, second: Any) -> Any:  # noqa: ANN401  # whatever the value is
    if isinstance(first, Exception) or isinstance(second, Exception):
        return first if isinstance(first, Exception) else second
    if merge is None:
        raise TypeError("a value that takes the whole frame was computed on a part of it")
    return _MERGES[merge](first, second)


def _finish(value: Value, result: Any) -> Any:  # noqa: ANN401  # whatever the value is
    if isinstance(result, Exception):
        return result
    try:
        return value.finish(result)
    except Exception as error:  # noqa: BLE001  # it is the result of the value
        return error


def _add(first: int, second: int) -> int:
    """Return the count of two parts."""
    return first + second


def _add_entries(first: Mapping[str, int], second: Mapping[str, int]) -> Mapping[str, int]:
    """Return the counts of two parts by name."""
    return {name: first[name] + second[name] for name in first}


def _least(first: Any, second: Any) -> Any:  # noqa: ANN401  # values of one column
    """Return the lesser of two values; None is none."""
    return min(_in_order(first, second), default=None, key=_rank)


def _greatest(first: Any, second: Any) -> Any:  # noqa: ANN401  # values of one column
    """Return the greater of two values; None is none."""
    return max(_in_order(first, second), default=None, key=_rank)


def _in_order(*values: Any) -> list[Any]:  # noqa: ANN401  # values of one column
    """Return the values that can be ordered: neither None nor NaN."""
    return [value for value in values if value is not None and not (isinstance(value, float) and math.isnan(value))]


def _rank(value: Any) -> tuple[Any, str]:  # noqa: ANN401  # a value of a column
    """Order values; -0.0 comes before 0.0, which equals it."""
    return value, str(value)


def _unite(first: Any, second: Any) -> list[Any]:  # noqa: ANN401  # list cells
    """Return the distinct values of two parts, in order."""
    return sorted({*as_list(first), *as_list(second)})


_MERGES: Mapping[Merge, Callable[[Any, Any], Any]] = {
    "sum": _add,
    "sum of entries": _add_entries,
    "exact sum": add_sums,
    "least": _least,
    "greatest": _greatest,
    "union": _unite,
    "counts": add_counts,
    "any": lambda first, _second: first,
}
