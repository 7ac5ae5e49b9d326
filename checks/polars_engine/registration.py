"""Tells Great Expectations' registry which metrics the engine carries.

Great Expectations resolves a graph of metrics layer by layer. Here no metric depends on another, so that a whole suite is
one layer, and the engine gets all of it at once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import great_expectations.expectations.core  # noqa: F401  # registers the core metrics and expectations
import polars as pl
from great_expectations.core.metric_function_types import MetricFunctionTypes
from great_expectations.expectations import registry
from great_expectations.expectations.metrics.metric_provider import MetricProvider

from checks.polars_engine.domain import Domain
from checks.polars_engine.engine import PolarsExecutionEngine
from checks.polars_engine.lookup import names
from checks.polars_engine.metrics import CONDITIONS
from checks.polars_engine.summaries import SUMMARIES


class PolarsMetric(MetricProvider):
    """Any metric of the engine: without dependencies, and computed by the engine itself."""


@functools.cache
def register() -> None:
    """Register every metric that is carried and that this version of Great Expectations knows."""
    known = registry._registered_metrics  # noqa: SLF001  # there is no public way to ask for a metric's keys
    for name in names():
        if name in known:
            _register(name, known[name]["metric_domain_keys"], known[name]["metric_value_keys"])


def carry(metric: str, condition: Callable[[Domain], pl.Expr], domain_keys: tuple[str, ...], value_keys: tuple[str, ...]) -> None:
    """Carry one more condition on rows, for an expectation that is not among Great Expectations' own.

    Args:
        metric: Its name, such as `column_values.even`; the expectation's `map_metric`.
        condition: What a row must meet.
        domain_keys: Great Expectations' names of what is looked at.
        value_keys: The names of its settings.
    """
    CONDITIONS[metric] = condition
    for suffix in SUMMARIES:
        keys = value_keys if suffix in ("unexpected_count", "filtered_row_count") else (*value_keys, "result_format")
        _register(f"{metric}.{suffix}", domain_keys, keys)


def _register(name: str, domain_keys: tuple[str, ...], value_keys: tuple[str, ...]) -> None:
    registry.register_metric(
        metric_name=name,
        metric_domain_keys=domain_keys,
        metric_value_keys=value_keys,
        execution_engine=PolarsExecutionEngine,
        metric_class=PolarsMetric,
        metric_provider=None,
        metric_fn_type=MetricFunctionTypes.VALUE,
    )
