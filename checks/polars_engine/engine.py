"""Provide the execution engine: all metrics of a batch are computed in one scan of its frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
from great_expectations.core.batch import BatchData, BatchMarkers
from great_expectations.core.batch_spec import PathBatchSpec, RuntimeDataBatchSpec
from great_expectations.exceptions.exceptions import BatchSpecError, ExecutionEngineError, MetricResolutionError
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.row_conditions import AndCondition, ComparisonCondition, Condition, NullityCondition, OrCondition
from great_expectations.validator.metric_configuration import MetricConfiguration

from checks.polars_core.domain import Domain
from checks.polars_core.lookup import value_of
from checks.polars_core.scan import scan
from checks.polars_core.values import Value
from checks.polars_engine.row_conditions import to_expr, with_rows


class PolarsBatchData(BatchData):
    """Hold a frame, and the metrics computed of it so far.

    Attributes:
        frame: DataFrame, or LazyFrame that is read when needed.
        schema: Schema of the frame.
        masks: Boolean Series of full length for each computed condition, by its name.
        scans: Number of scans of the frame.
    """

    def __init__(self, execution_engine: ExecutionEngine[pl.Expr], frame: pl.DataFrame | pl.LazyFrame) -> None:
        """Keep the frame; nothing is read yet."""
        super().__init__(execution_engine=execution_engine)
        self.frame = frame
        self.schema = frame.collect_schema()
        self.masks: dict[str, pl.Series] = {}
        self.scans = 0
        self._results: dict[Any, Any] = {}

    @property
    def dataframe(self) -> pl.DataFrame | pl.LazyFrame:
        """Return the frame, by the name that Great Expectations uses."""
        return self.frame

    def resolve(self, metrics: Sequence[MetricConfiguration]) -> dict[Any, Any]:
        """Return the value of each metric, or its exception, by its id; a computed metric is not computed again."""
        new = {metric.id: self._value_of(metric) for metric in metrics if metric.id not in self._results}
        values = {key: value for key, value in new.items() if isinstance(value, Value)}
        result = scan(self.frame, list(values.values()))
        self.scans += result.scans
        self.masks |= result.masks
        self._results |= new | dict(zip(values, result.values, strict=True))
        return {metric.id: self._results[metric.id] for metric in metrics}

    def _value_of(self, metric: MetricConfiguration) -> Value | Exception:
        try:
            return value_of(metric.metric_name, with_rows(metric.metric_domain_kwargs), metric.metric_value_kwargs, self.schema)
        except Exception as error:  # noqa: BLE001  # it is the result of the metric; the others go on
            return error


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """Compute metrics with Polars."""

    def load_batch_data(self, batch_id: str, batch_data: Any) -> None:  # noqa: ANN401  # Great Expectations' union leaves Polars out
        """Set the frame of a batch; a frame that had the id before is dropped with its metrics."""
        if isinstance(batch_data, pl.DataFrame | pl.LazyFrame):
            batch_data = PolarsBatchData(self, batch_data)
        if not isinstance(batch_data, PolarsBatchData):
            raise ExecutionEngineError(f"a Polars frame is needed, not {type(batch_data).__name__}")
        super().load_batch_data(batch_id=batch_id, batch_data=batch_data)

    def get_batch_data_and_markers(self, batch_spec: Any) -> tuple[PolarsBatchData, BatchMarkers]:  # noqa: ANN401  # as inherited
        """Return the frame that a batch spec carries, or the file that it names, unread."""
        if isinstance(batch_spec, RuntimeDataBatchSpec):
            frame = batch_spec.batch_data
            batch_spec.batch_data = "PolarsDataFrame"  # else the frame would be written into results
        elif isinstance(batch_spec, PathBatchSpec):
            frame = pl.scan_parquet(batch_spec["path"])
        else:
            raise BatchSpecError(f"{type(batch_spec).__name__} is not read by Polars")
        loaded = datetime.now(UTC)  # noqa: TID251  # a marker that Great Expectations requires; nothing is computed from it
        return PolarsBatchData(self, frame), BatchMarkers({"ge_load_time": loaded.strftime("%Y%m%dT%H%M%S.%fZ")})

    def batch_data(self, domain_kwargs: Mapping[str, Any]) -> PolarsBatchData:
        """Return the data of the batch that a domain names, else of the active one."""
        batch_id = domain_kwargs.get("batch_id") or self.batch_manager.active_batch_data_id
        data = self.batch_manager.batch_data_cache.get(str(batch_id))
        if not isinstance(data, PolarsBatchData):
            raise ExecutionEngineError(f"there is no batch with the id {batch_id}")
        return data

    def resolve_metrics(
        self, metrics_to_resolve: Iterable[MetricConfiguration], metrics: dict[Any, Any] | None = None, runtime_configuration: dict[str, Any] | None = None
    ) -> dict[Any, Any]:
        """Compute metrics, those of one batch in one scan.

        Raises:
            MetricResolutionError: A metric could not be computed. Great Expectations then asks again for the others, which are
                cached.
        """
        _ = metrics, runtime_configuration  # no metric depends on another
        batches: dict[int, tuple[PolarsBatchData, list[MetricConfiguration]]] = {}
        for metric in metrics_to_resolve:
            data = self.batch_data(metric.metric_domain_kwargs)
            batches.setdefault(id(data), (data, []))[1].append(metric)
        results: dict[Any, Any] = {}
        for data, batch_metrics in batches.values():
            results |= data.resolve(batch_metrics)
            for metric in batch_metrics:
                if isinstance(results[metric.id], Exception):
                    raise MetricResolutionError(message=str(results[metric.id]), failed_metrics=(metric,)) from results[metric.id]
        return results

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> pl.LazyFrame:
        """Return the rows that a domain selects."""
        data = self.batch_data(domain_kwargs)
        rows = Domain(data.schema, with_rows(domain_kwargs), {}).rows
        return data.frame.lazy() if rows is None else data.frame.lazy().filter(rows)

    def get_compute_domain(
        self,
        domain_kwargs: dict[str, Any],
        domain_type: Any,  # noqa: ANN401  # as inherited
        accessor_keys: Iterable[str] | None = None,
    ) -> tuple[pl.LazyFrame, dict[str, Any], dict[str, Any]]:
        """Return the rows, and the domain split into the part that selects them and the part that is read in them."""
        parts = self._partition_domain_kwargs(domain_kwargs, domain_type, accessor_keys)
        return self.get_domain_records(domain_kwargs), parts.compute, parts.accessor

    def _filter_clause(self, condition: Condition) -> pl.Expr:
        return to_expr(condition, self.batch_data({}).schema)

    def _comparison_condition_to_filter_clause(self, condition: ComparisonCondition) -> pl.Expr:
        return self._filter_clause(condition)

    def _nullity_condition_to_filter_clause(self, condition: NullityCondition) -> pl.Expr:
        return self._filter_clause(condition)

    def _and_condition_to_filter_clause(self, condition: AndCondition) -> pl.Expr:
        return self._filter_clause(condition)

    def _or_condition_to_filter_clause(self, condition: OrCondition) -> pl.Expr:
        return self._filter_clause(condition)
