"""A plain Great Expectations suite asks a detector that is handed in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import polars as pl
import pytest

from checks.gx_anomaly import ExpectColumnAnomalyRateToBeWithinFpr, ExpectRowAnomalyRateToBeWithinFpr
from checks.scoring import scoring
from sluice.domain import ROW
from sluice.ports import PValues, Snapshot

gx: Any = import_module("great_expectations")
ExpectationSuite = gx.ExpectationSuite
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Fake:
    """Takes p from the price itself."""

    columns = ("price",)

    def p_values(self, rows: pl.DataFrame, snapshot: Snapshot, column: str | None = None) -> PValues:
        assert ROW in rows.columns
        assert column in (None, "price")
        return PValues(rows["price"].fill_null(1), 999)

    def blame(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        raise AssertionError(rows)

    def contributions(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        raise AssertionError(rows)


@pytest.fixture
def context() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def validated(context: Any, frame: pl.DataFrame, *expectations: Any, scorer: Fake, snapshot: Any) -> Any:
    source = context.data_sources.add_polars("shop")
    batch = source.add_dataframe_asset("events").add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = ExpectationSuite("unusual", expectations=list(expectations))
    with scoring({"autoencoder": scorer}, snapshot):
        return batch.validate(suite, result_format="COMPLETE")


FRAME = pl.DataFrame({"price": [0.5, 0.001, 0.9, 0.002], "kind": ["a", "a", "b", "b"]})


def test_rows_and_cells_are_judged_by_the_detector(context: Any, snapshot: Any) -> None:
    validation = validated(
        context, FRAME, ExpectRowAnomalyRateToBeWithinFpr(), ExpectColumnAnomalyRateToBeWithinFpr(column="price"), scorer=Fake(), snapshot=snapshot
    )
    rows, cells = validation.results
    assert [item.exception_info.get("raised_exception", False) for item in validation.results] == [False, False]
    assert (rows.success, rows.result["unexpected_count"], rows.result["unexpected_index_list"]) == (False, 2, [1, 3])
    assert (cells.success, cells.result["unexpected_count"], cells.result["unexpected_list"]) == (False, 2, [0.001, 0.002])


def test_a_row_condition_and_mostly_are_kept(context: Any, snapshot: Any) -> None:
    within = ExpectRowAnomalyRateToBeWithinFpr(row_condition='col("kind") == "a"', condition_parser="great_expectations", mostly=0.5)
    (validation,) = validated(context, FRAME, within, scorer=Fake(), snapshot=snapshot).results
    assert (validation.success, validation.result["unexpected_index_list"]) == (True, [1])


def test_what_clean_rows_explain_is_passed(context: Any, snapshot: Any) -> None:
    frame = pl.DataFrame({"price": [0.001] * 20 + [0.5] * 1980})
    (validation,) = validated(context, frame, ExpectRowAnomalyRateToBeWithinFpr(), scorer=Fake(), snapshot=snapshot).results
    assert (validation.success, validation.result["unexpected_count"]) == (True, 20)


def test_it_is_written_as_json_and_read_again() -> None:
    suite = ExpectationSuite("unusual", expectations=[ExpectColumnAnomalyRateToBeWithinFpr(column="price", max_fpr=0.001)])
    (read,) = ExpectationSuite("again", expectations=[item.configuration.to_json_dict() for item in suite.expectations]).expectations
    assert isinstance(read, ExpectColumnAnomalyRateToBeWithinFpr)
    assert read.max_fpr == 0.001


def test_without_a_detector_it_says_how_to_hand_one_in(context: Any, snapshot: Any) -> None:
    batch = context.data_sources.add_polars("shop").add_dataframe_asset("events").add_batch_definition_whole_dataframe("all").get_batch({"dataframe": FRAME})
    validation = batch.validate(ExpectRowAnomalyRateToBeWithinFpr())
    assert not validation.success
    assert "with scoring(" in str(validation.exception_info)
    with scoring({"autoencoder": Fake()}, snapshot):
        assert "did you mean autoencoder" in str(batch.validate(ExpectRowAnomalyRateToBeWithinFpr(detector="autoencodr")).exception_info)


def test_few_accepted_rows_leave_more_to_chance(context: Any, snapshot: Any) -> None:
    """41 of 2,000 rows are more than clean ones explain beside as many accepted rows (38), and not beside 999 (43)."""
    frame = pl.DataFrame({"price": [0.001] * 41 + [0.5] * 1959})
    (validation,) = validated(context, frame, ExpectRowAnomalyRateToBeWithinFpr(), scorer=Fake(), snapshot=snapshot).results
    assert validation.success


def test_a_max_fpr_that_the_accepted_rows_cannot_support_is_no_pass(context: Any, snapshot: Any) -> None:
    (validation,) = validated(context, FRAME, ExpectRowAnomalyRateToBeWithinFpr(max_fpr=1e-5), scorer=Fake(), snapshot=snapshot).results
    assert not validation.success
    assert "takes 99,999 accepted rows to calibrate; autoencoder has 999" in str(validation.exception_info)
