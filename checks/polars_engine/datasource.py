"""Provide `context.data_sources.add_polars(...)`: frames and Parquet files as data assets of Great Expectations."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.core.batch import LegacyBatchDefinition
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.batch_spec import PathBatchSpec, RuntimeDataBatchSpec
from great_expectations.core.id_dict import BatchSpec, IDDict
from great_expectations.datasource.fluent.batch_identifier_util import make_batch_identifier
from great_expectations.datasource.fluent.batch_request import BatchRequest
from great_expectations.datasource.fluent.constants import _DATA_CONNECTOR_NAME
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, Datasource
from great_expectations.exceptions.exceptions import BuildBatchRequestError

from checks.polars_engine.engine import PolarsExecutionEngine


class _PolarsAsset(DataAsset[Any, Any]):
    class Config:
        extra = pydantic.Extra.forbid

    def test_connection(self) -> None:
        """Do nothing: there is no connection."""

    def get_batch_identifiers_list(self, batch_request: BatchRequest[Any]) -> list[dict[str, Any]]:
        """Return the identifiers of the one batch of a request."""
        return [IDDict(batch_request.options)]

    def get_batch(self, batch_request: BatchRequest[Any]) -> Batch:
        """Return the batch; a file is not read yet."""
        self._validate_batch_request(batch_request)
        spec = self._spec(batch_request)
        engine = self.datasource.get_execution_engine()
        data, markers = engine.get_batch_data_and_markers(batch_spec=spec)
        definition = LegacyBatchDefinition(
            datasource_name=self.datasource.name,
            data_connector_name=_DATA_CONNECTOR_NAME,
            data_asset_name=self.name,
            batch_identifiers=make_batch_identifier(batch_request.options),
            batch_spec_passthrough=None,
        )
        metadata = self._get_batch_metadata_from_batch_request(batch_request=batch_request, ignore_options=("dataframe",))
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            metadata=metadata,
            batch_markers=markers,
            batch_spec=spec,
            batch_definition=definition,
        )

    def _request(self, options: dict[str, Any], batch_slice: Any, partitioner: Any) -> BatchRequest[Any]:  # noqa: ANN401  # as inherited
        if batch_slice is not None or partitioner is not None:
            raise BuildBatchRequestError(message="a Polars asset is one batch: it takes no batch_slice and no partitioner")
        return BatchRequest(datasource_name=self.datasource.name, data_asset_name=self.name, options=options)

    def _validate_batch_request(self, batch_request: BatchRequest[Any]) -> None:
        if (batch_request.datasource_name, batch_request.data_asset_name) != (self.datasource.name, self.name):
            raise BuildBatchRequestError(message=f"the batch request is not for {self.datasource.name}.{self.name}")

    def _spec(self, batch_request: BatchRequest[Any]) -> BatchSpec:
        raise TypeError(f"{type(self).__name__} makes no batches")


class PolarsDataFrameAsset(_PolarsAsset):
    """Represent a DataFrame or LazyFrame that is passed with each run: `batch_parameters={"dataframe": frame}`."""

    type: Literal["dataframe"] = "dataframe"

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:  # noqa: ANN401  # as inherited
        """Return the parameters that a run must pass."""
        return ("dataframe",)

    def build_batch_request(self, options: Any = None, batch_slice: Any = None, partitioner: Any = None) -> BatchRequest[Any]:  # noqa: ANN401  # as inherited
        """Build a request for the frame in `options`.

        Raises:
            BuildBatchRequestError: The options are not exactly one Polars frame, named dataframe.
        """
        if set(options or {}) != {"dataframe"} or not isinstance(options["dataframe"], pl.DataFrame | pl.LazyFrame):
            raise BuildBatchRequestError(message="options must be exactly one Polars frame, named dataframe")
        return self._request(options, batch_slice, partitioner)

    def add_batch_definition_whole_dataframe(self, name: str) -> BatchDefinition[Any]:
        """Add a named batch definition for the whole frame."""
        return self.add_batch_definition(name=name, partitioner=None)

    def _spec(self, batch_request: BatchRequest[Any]) -> BatchSpec:
        return RuntimeDataBatchSpec(batch_data=batch_request.options["dataframe"])


class PolarsParquetAsset(_PolarsAsset):
    """Represent a Parquet file (or pattern of files), of which only the columns that a suite names are read."""

    type: Literal["parquet"] = "parquet"
    path: str

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:  # noqa: ANN401  # as inherited
        """Return no parameters: a run needs none."""
        return ()

    def build_batch_request(self, options: Any = None, batch_slice: Any = None, partitioner: Any = None) -> BatchRequest[Any]:  # noqa: ANN401  # as inherited
        """Build a request for the file."""
        return self._request(options or {}, batch_slice, partitioner)

    def add_batch_definition_whole(self, name: str) -> BatchDefinition[Any]:
        """Add a named batch definition for the whole file."""
        return self.add_batch_definition(name=name, partitioner=None)

    def _spec(self, batch_request: BatchRequest[Any]) -> BatchSpec:
        return PathBatchSpec(path=self.path)


class PolarsDatasource(Datasource[Any, Any]):
    """Provide frames and Parquet files that are evaluated by Polars."""

    asset_types: ClassVar[Any] = [PolarsDataFrameAsset, PolarsParquetAsset]

    type: Literal["polars"] = "polars"
    assets: list[PolarsDataFrameAsset | PolarsParquetAsset] = []  # noqa: RUF012  # pydantic copies it

    @property
    def execution_engine_type(self) -> Any:  # noqa: ANN401  # as inherited
        """Return the engine that evaluates the assets."""
        return PolarsExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:  # noqa: FBT001, FBT002  # as inherited
        """Do nothing: there is no connection."""

    def add_dataframe_asset(self, name: str, batch_metadata: dict[str, Any] | None = None) -> Any:  # noqa: ANN401  # as inherited
        """Add an asset for frames that are passed with each run."""
        return self._add_asset(PolarsDataFrameAsset(name=name, batch_metadata=batch_metadata or {}))
