from __future__ import annotations

from multiprocessing import Pipe

import polars as pl
import pytest

from sluice.errors import BatchFailed, SourceError
from sluice.messages import error_message
from sluice.rules import score
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
