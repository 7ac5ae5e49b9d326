"""Run Great Expectations on Polars: a whole suite in one scan, with the mask of the failing rows.

Two entry points:

* That of Great Expectations: `context.data_sources.add_polars("shop").add_dataframe_asset("events")`, then batch definitions,
  validation definitions and checkpoints as with any other data source. Importing this package registers `add_polars`.
* `CompiledSuite(expectations).evaluate(frame)`: the same expectations without a context, for callers that need the masks or
  judge small batches often (Great Expectations takes 5 to 6 ms per expectation, this takes less than 1 ms).
"""

import checks.polars_engine.gx_import  # noqa: F401  # comes first
from checks.polars_core import Before, Finding
from checks.polars_engine import patches, registration
from checks.polars_engine.compiled import CompiledSuite
from checks.polars_engine.condition_parser import parse_row_condition
from checks.polars_engine.datasource import PolarsDataFrameAsset, PolarsDatasource, PolarsParquetAsset
from checks.polars_engine.engine import PolarsBatchData, PolarsExecutionEngine

registration.register()
patches.apply()

__all__ = [
    "Before",
    "CompiledSuite",
    "Finding",
    "PolarsBatchData",
    "PolarsDataFrameAsset",
    "PolarsDatasource",
    "PolarsExecutionEngine",
    "PolarsParquetAsset",
    "parse_row_condition",
]
