from __future__ import annotations

import polars as pl
import pytest

from sluice.domain import Column
from sluice.errors import SourceError
from sluice.messages import error_message
from sluice.sources.source_errors import column_errors, source_errors


def test_a_column_that_does_not_cast_is_named_with_its_file_and_no_cell() -> None:
    with pytest.raises(SourceError) as caught, source_errors("items.parquet"), column_errors(Column("price", "number"), pl.Binary()):
        pl.Series(["secret"]).cast(pl.Float64)
    message = error_message(caught.value)
    assert (message.code, message.params["column"], message.params["kind"]) == ("column_uncastable", "price", "Binary")
    assert str(caught.value).startswith("items.parquet: the column price (Binary) cannot be read as number")
    assert "secret" not in str(caught.value)
