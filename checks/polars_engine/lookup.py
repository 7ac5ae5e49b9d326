"""From a metric's name to the value that computes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from checks.polars_engine.domain import Domain
from checks.polars_engine.metrics import CONDITIONS, SHAPES, VALUES
from checks.polars_engine.summaries import SUMMARIES, condition
from checks.polars_engine.values import Value


class NotCarried(LookupError):
    """The engine cannot compute what an expectation asks for."""


def value_of(metric: str, kwargs: Mapping[str, Any], settings: Mapping[str, Any], schema: pl.Schema) -> Value:
    """The value that a metric computes.

    Args:
        metric: Its name, as `column_values.between.unexpected_count`.
        kwargs: metric_domain_kwargs.
        settings: metric_value_kwargs.
        schema: The frame's.

    Raises:
        NotCarried: It is none of those in `names`.
        ValueError: A column is not there, or a setting makes no sense.
        TypeError: A setting does not fit a column's type.
    """
    if metric in SHAPES:
        shape = SHAPES[metric](schema)
        return Value(pl.lit(None), lambda _: shape)
    base, _, suffix = metric.rpartition(".")
    if metric not in VALUES and (base not in CONDITIONS or suffix not in SUMMARIES):
        raise NotCarried(f"the Polars engine does not carry the metric {metric}")
    domain = Domain(schema, kwargs, settings)
    if metric in VALUES:
        return VALUES[metric](domain)
    found = condition(base, replace(domain, settings={name: value for name, value in settings.items() if name != "result_format"}))
    return replace(SUMMARIES[suffix](found, domain), conditions=(found,))


def names() -> Iterator[str]:
    """Every metric that is carried."""
    yield from SHAPES
    yield from VALUES
    for base in CONDITIONS:
        yield from (f"{base}.{suffix}" for suffix in SUMMARIES)
