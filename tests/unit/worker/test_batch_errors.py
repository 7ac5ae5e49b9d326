from __future__ import annotations

from multiprocessing import Pipe
from pathlib import Path

import polars as pl
import pytest

from sluice.errors import BatchFailed, SourceError, StoreError
from sluice.messages import error_message
from sluice.rules import score
from sluice.store.lake_errors import missing_file, missing_files
from sluice.worker.batch_errors import batch_errors


def failed(cell: str = "secret") -> BatchFailed:
    with pytest.raises(BatchFailed) as caught, batch_errors("items.csv", ["id", "price"]):
        pl.DataFrame({"price": [cell]}).select(pl.col("price").cast(pl.Float64))
    return caught.value


def test_what_fails_is_named_without_the_cells_that_a_library_quotes() -> None:
    message = error_message(failed())
    assert message.code == "batch_failed_at"
    assert (message.params["file"], message.params["column"], message.params["error"]) == ("items.csv", "price", "InvalidOperationError")
    assert "secret" not in str(failed()) + failed().trace
    assert "test_batch_errors.py" in failed().trace


def test_the_innermost_place_of_ours_is_named() -> None:
    with pytest.raises(BatchFailed) as caught, batch_errors("items.csv", []):
        score([None])  # type: ignore[list-item]  # the mistake
    message = error_message(caught.value)
    assert (message.code, message.params["place"], message.params["error"]) == ("batch_failed", "sluice.rules.scores", "AttributeError")


def test_reason_and_trace_cross_the_process_boundary() -> None:
    error = failed()
    here, there = Pipe()
    here.send(error)
    back = there.recv()
    assert (error_message(back), back.trace) == (error_message(error), error.trace)


def test_errors_of_sluice_pass_as_they_are() -> None:
    with pytest.raises(SourceError, match="damaged"), batch_errors("items.csv", []):
        raise SourceError("damaged")


def read_missing(folder: Path) -> None:
    """Collect rows of a Parquet file that is gone."""
    pl.scan_parquet([folder / "part-1.parquet"], schema={"id": pl.String}, glob=False).collect()


def test_a_missing_file_of_the_lake_is_no_fault_of_the_batch(tmp_path: Path) -> None:
    text = "^the lake's table clean/orders: its file part-1.parquet is missing; restore it from a backup$"
    with pytest.raises(StoreError, match=text), batch_errors("orders.csv", ["id"]), missing_files(str(tmp_path)):
        read_missing(tmp_path / "clean/orders")


def test_a_missing_file_elsewhere_is_a_fault_of_the_batch(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed), batch_errors("orders.csv", ["id"]), missing_files(str(tmp_path / "lake")):
        read_missing(tmp_path / "landing/clean/orders")


def test_other_errors_name_no_missing_file() -> None:
    assert missing_file(FileNotFoundError("No such file or directory: /shop/landing/orders.csv")) is None
    assert missing_file(ValueError("not found: /lake/clean/orders/part-1.parquet")) is None
