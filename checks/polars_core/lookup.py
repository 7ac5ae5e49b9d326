"""Map the name of a metric to the value that computes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from checks.polars_core.domain import Domain
from checks.polars_core.metrics import CONDITIONS, SHAPES, UNIQUE, VALUES
from checks.polars_core.summaries import SUMMARIES, condition
from checks.polars_core.values import Value


class UnsupportedMetric(LookupError):
    """Report a metric that the engine does not compute."""


def value_of(metric: str, kwargs: Mapping[str, Any], settings: Mapping[str, Any], schema: pl.Schema) -> Value:
    """Return the value that a metric computes.

    Args:
        metric: Name, such as `column_values.between.unexpected_count`.
        kwargs: metric_domain_kwargs.
        settings: metric_value_kwargs.
        schema: Schema of the frame.

    Raises:
        UnsupportedMetric: The metric is not in `names`.
        ValueError: A column is missing, or a setting is invalid.
        TypeError: A setting does not fit the type of a column.
    """
    if metric in SHAPES:
        shape = SHAPES[metric](schema)
        return Value(pl.lit(None), lambda _: shape, merge="any")
    base, _, suffix = metric.rpartition(".")
    if metric not in VALUES and (base not in CONDITIONS or suffix not in SUMMARIES):
        raise UnsupportedMetric(f"the Polars engine does not support the metric {metric}")
    domain = Domain(schema, kwargs, settings)
    if metric in VALUES:
        return VALUES[metric](domain)
    unexpected = condition(base, replace(domain, settings={name: value for name, value in settings.items() if name != "result_format"}))
    value = replace(SUMMARIES[suffix](unexpected, domain), conditions=(unexpected,))
    return replace(value, together=domain.columns) if base in UNIQUE else value


def names() -> Iterator[str]:
    """Yield the names of all supported metrics."""
    yield from SHAPES
    yield from VALUES
    for base in CONDITIONS:
        yield from (f"{base}.{suffix}" for suffix in SUMMARIES)
