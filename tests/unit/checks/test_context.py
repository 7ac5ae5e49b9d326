"""The engine works with Great Expectations' own objects: contexts, assets, validation definitions, checkpoints, suites in JSON."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checks.polars_engine import PolarsBatchData

gx: Any = import_module("great_expectations")
gxe: Any = import_module("great_expectations.expectations")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
FRAME = pl.DataFrame({"id": ["a", "b", "b", None], "x": [1.0, None, 30.0, 4.0], "n": [1, 2, 3, 4]})


@pytest.fixture
def context() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def suite(context: Any) -> Any:
    return context.suites.add(
        gx.ExpectationSuite(
            name="s",
            expectations=[
                gxe.ExpectColumnValuesToBeUnique(column="id"),
                gxe.ExpectColumnValuesToBeBetween(column="x", min_value=0, max_value=10, severity="warning"),
                gxe.ExpectColumnValuesToNotBeNull(column="gone"),
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="n", column_B="x", or_equal=True),
                gxe.ExpectColumnQuantileValuesToBeBetween(column="n", quantile_ranges={"quantiles": [0.5], "value_ranges": [[1, 3]]}),
                gxe.ExpectColumnValuesToBeOfType(column="n", type_="Int64"),
            ],
        )
    )


def by_type(result: Any) -> dict[str, Any]:
    return {validation.expectation_config.type: validation for validation in result.results}


def test_a_validation_definition_is_one_scan(context: Any) -> None:
    definition = context.data_sources.add_polars("shop").add_dataframe_asset("events").add_batch_definition_whole_dataframe("all")
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=definition, suite=suite(context)))
    result = validation.run(batch_parameters={"dataframe": FRAME}, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["n"]})

    validations = by_type(result)
    assert validations["expect_column_values_to_be_unique"].result["unexpected_count"] == 2
    assert validations["expect_column_values_to_be_unique"].result["unexpected_index_list"] == [{"n": 2, "id": "b"}, {"n": 3, "id": "b"}]
    assert validations["expect_column_values_to_be_between"].result["unexpected_list"] == [30.0]
    assert validations["expect_column_pair_values_a_to_be_greater_than_b"].result["unexpected_list"] == [(2, None), (3, 30.0)]
    assert validations["expect_column_quantile_values_to_be_between"].success is True
    assert validations["expect_column_values_to_be_of_type"].success
    assert not validations["expect_column_values_to_not_be_null"].success
    assert "gone" in str(validations["expect_column_values_to_not_be_null"].exception_info)

    data = definition.data_asset.datasource.get_execution_engine().batch_data({})
    assert isinstance(data, PolarsBatchData)
    assert data.scans == 1
    assert all(mask.len() == FRAME.height for mask in data.masks.values())


def test_a_new_frame_forgets_the_one_before(context: Any) -> None:
    definition = context.data_sources.add_polars("shop").add_dataframe_asset("events").add_batch_definition_whole_dataframe("all")
    expectation = gxe.ExpectColumnValuesToBeUnique(column="id")
    counts = [definition.get_batch({"dataframe": frame}).validate(expectation).result["unexpected_count"] for frame in (FRAME, FRAME.head(2), FRAME.lazy())]
    assert counts == [2, 0, 2]


def test_unexpected_rows_and_index(context: Any) -> None:
    definition = context.data_sources.add_polars("shop").add_dataframe_asset("events").add_batch_definition_whole_dataframe("all")
    form = {"result_format": "COMPLETE", "include_unexpected_rows": True}
    result = definition.get_batch({"dataframe": FRAME}).validate(gxe.ExpectColumnValuesToBeUnique(column="id"), result_format=form).result
    assert result["unexpected_index_list"] == [1, 2]
    assert list(result["unexpected_rows"]["n"]) == [2, 3]
    assert result["unexpected_index_query"].startswith("df.filter(")


def test_a_parquet_file(context: Any, tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "t.parquet")
    asset = context.data_sources.add_polars("shop").add_parquet_asset("t", path=str(tmp_path / "t.parquet"))
    batch = asset.add_batch_definition_whole("all").get_batch()
    assert batch.validate(gxe.ExpectColumnMeanToBeBetween(column="n", min_value=2.5, max_value=2.5)).success


def test_a_frame_is_asked_for(context: Any) -> None:
    definition = context.data_sources.add_polars("shop").add_dataframe_asset("events").add_batch_definition_whole_dataframe("all")
    with pytest.raises(Exception, match="one Polars frame, named dataframe"):
        definition.get_batch({"dataframe": [1, 2]})


def test_a_suite_is_judged_in_a_process_whose_main_module_has_no_specification() -> None:
    text = "import polars, checks.polars_engine; print('alive')"  # as an interactive session; the client of Spark ends such a process on import
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout == "alive\n"
