"""Widen a rule so that what a person expects passes it: its limits, its set, its tolerance, or the share of rows that may fail."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_EXCEPTIONS = 20
"""Values that are added to a set; where more are missing, the set is no list of exceptions."""

_MAX_SHARE = 0.5  # of failing rows: a rule that most rows fail says nothing
_DIGITS = 3  # significant digits of a limit that is learned from what was observed
_BETWEEN, _IN_SET = "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"


@dataclass(frozen=True, slots=True)
class Observation:
    """Hold what a rule observed on the batches that failed it.

    Attributes:
        least: Least number that was compared with its limits; None for a rule about rows.
        greatest: Greatest such number.
        baseline: What was usual then, where the limits are learned from it.
        share: Greatest share of failing rows; 0 for a rule about whole batches.
        values: Different values of its column in failing rows; none of a personal column.
    """

    least: float | None = None
    greatest: float | None = None
    baseline: float | None = None
    share: float = 0.0
    values: Sequence[object] = ()


def widen(name: str, settings: Mapping[str, object], observed: Observation) -> Mapping[str, object] | None:
    """Return the settings of a rule with which what was observed passes; None where no setting of it can be widened.

    Args:
        name: Name of the expectation.
        settings: All its settings.
        observed: What it observed.

    Example:
        >>> widen("expect_column_values_to_be_in_set", {"column": "size", "value_set": ["S", "M"]}, Observation(share=0.1, values=["XL"]))
        {'column': 'size', 'value_set': ['S', 'M', 'XL']}
        >>> widen("expect_column_mean_to_be_between", {"column": "price", "max_value": 20}, Observation(least=24.312, greatest=24.312))
        {'column': 'price', 'max_value': 24.4}
        >>> widen("expect_column_values_to_not_be_null", {"column": "price"}, Observation(share=0.0712))
        {'column': 'price', 'mostly': 0.92}
    """
    numbers = [value for value in observed.values if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)]
    changes: Mapping[str, object] = {}
    if name == _BETWEEN and numbers and len(numbers) == len(observed.values):
        changes = _widen_limits(settings, min(numbers), max(numbers), exact=True)
    elif name == _IN_SET and 0 < len(observed.values) <= MAX_EXCEPTIONS:
        changes = _add_to_set(settings, observed.values)
    elif observed.least is not None and observed.greatest is not None:
        learned = observed.baseline is not None and "tolerance" in settings
        changes = _widen_tolerance(settings, observed) if learned else _widen_limits(settings, observed.least, observed.greatest, exact=False)
    changes = changes or _let_rows_fail(settings, observed.share)
    return {**settings, **changes} if changes else None


def _widen_limits(settings: Mapping[str, object], least: float, greatest: float, *, exact: bool) -> Mapping[str, object]:
    """Return the limits that take in two numbers; the numbers themselves where they are cells, else rounded outward."""
    limits: dict[str, object] = {}
    low, high = settings.get("min_value"), settings.get("max_value")
    if isinstance(low, int | float) and least < low:
        limits["min_value"] = least if exact else round_outward(least, up=False)
    if isinstance(high, int | float) and greatest > high:
        limits["max_value"] = greatest if exact else round_outward(greatest, up=True)
    strict = {"strict_min": "min_value", "strict_max": "max_value"}
    return {**limits, **{flag: False for flag, limit in strict.items() if settings.get(flag) and limit in limits}}


def _add_to_set(settings: Mapping[str, object], values: Sequence[object]) -> Mapping[str, object]:
    present = settings.get("value_set")
    if not isinstance(present, list | tuple):
        return {}
    missing = [value for value in values if value not in present]
    return {"value_set": [*present, *missing]} if missing else {}


def _widen_tolerance(settings: Mapping[str, object], observed: Observation) -> Mapping[str, object]:
    """Return the tolerances around what is usual that take in what was observed."""
    baseline = observed.baseline or 0.0
    if not baseline or observed.least is None or observed.greatest is None:
        return {}
    below, above = 1 - observed.least / baseline, observed.greatest / baseline - 1
    upper = "tolerance_above" if "tolerance_above" in settings else "tolerance"
    tolerances = {"tolerance": below} if upper != "tolerance" else {"tolerance": max(below, above)}
    tolerances |= {upper: above} if upper != "tolerance" else {}
    present = {name: settings[name] for name in tolerances}
    return {name: math.ceil(100 * needed) / 100 for name, needed in tolerances.items() if isinstance(present[name], int | float) and needed > present[name]}  # type: ignore[operator]  # a number


def _let_rows_fail(settings: Mapping[str, object], share: float) -> Mapping[str, object]:
    """Return the share of rows that must pass, in whole percent below that of the rows that did; nothing where too many fail."""
    if not 0 < share <= _MAX_SHARE:
        return {}
    mostly, present = math.floor(100 * (1 - share)) / 100, settings.get("mostly", 1.0)
    return {"mostly": mostly} if isinstance(present, int | float) and mostly < present else {}


def round_outward(value: float, *, up: bool) -> float:
    """Return a number with three significant digits that is not below, or not above, another one.

    Example:
        >>> round_outward(24.312, up=True), round_outward(1234.0, up=False), round_outward(-0.0151, up=False)
        (24.4, 1230, -0.0151)
    """
    if not value or not math.isfinite(value):
        return value
    digits = _DIGITS - 1 - math.floor(math.log10(abs(value)))
    scaled = round(value * 10.0**digits, 9)  # 0.3 * 10 is 3.0000000000000004
    rounded = (math.ceil(scaled) if up else math.floor(scaled)) / 10.0**digits
    return int(rounded) if rounded.is_integer() else rounded
