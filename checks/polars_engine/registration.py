"""Register the metrics of the engine with Great Expectations.

Great Expectations resolves a graph of metrics layer by layer. Here no metric depends on another, so a whole suite is
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

from checks.polars_core.domain import Domain
from checks.polars_core.lookup import names
from checks.polars_core.metrics import CONDITIONS
from checks.polars_core.summaries import SUMMARIES
from checks.polars_engine.engine import PolarsExecutionEngine


class PolarsMetric(MetricProvider):
    """Represent a metric of the engine: without dependencies, computed by the engine itself."""


@functools.cache
def register() -> None:
    """Register each supported metric that this version of Great Expectations knows."""
    registered = registry._registered_metrics  # noqa: SLF001  # the keys of a metric have no public accessor
    for name in names():
        if name in registered:
            _register(name, registered[name]["metric_domain_keys"], registered[name]["metric_value_keys"])


def register_condition(metric: str, condition: Callable[[Domain], pl.Expr], domain_keys: tuple[str, ...], value_keys: tuple[str, ...]) -> None:
    """Register a condition on rows, for an expectation that Great Expectations does not define.

    Args:
        metric: Name, such as `column_values.even`; the `map_metric` of the expectation.
        condition: Builds the expression that is True where a row passes.
        domain_keys: Names of the domain arguments in Great Expectations.
        value_keys: Names of the settings.
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
