"""Tells Great Expectations' registry which metrics the engine carries.

Great Expectations resolves a graph of metrics layer by layer. Here no metric depends on another, so that a whole suite is
one layer, and the engine gets all of it at once.
"""

from __future__ import annotations

import functools

import great_expectations.expectations.core  # noqa: F401  # registers the core metrics and expectations
from great_expectations.core.metric_function_types import MetricFunctionTypes
from great_expectations.expectations import registry
from great_expectations.expectations.metrics.metric_provider import MetricProvider

from checks.polars_engine.engine import PolarsExecutionEngine
from checks.polars_engine.lookup import names


class PolarsMetric(MetricProvider):
    """Any metric of the engine: without dependencies, and computed by the engine itself."""


@functools.cache
def register() -> None:
    """Register every metric that is carried and that this version of Great Expectations knows."""
    known = registry._registered_metrics  # noqa: SLF001  # there is no public way to ask for a metric's keys
    for name in names():
        if name in known:
            registry.register_metric(
                metric_name=name,
                metric_domain_keys=known[name]["metric_domain_keys"],
                metric_value_keys=known[name]["metric_value_keys"],
                execution_engine=PolarsExecutionEngine,
                metric_class=PolarsMetric,
                metric_provider=None,
                metric_fn_type=MetricFunctionTypes.VALUE,
            )
