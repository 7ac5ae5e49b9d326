"""What tables say of a rule."""

from __future__ import annotations

import pytest

from dashboard.widgets.formatting import format_criterion
from sluice.domain import Message


@pytest.mark.parametrize(
    ("message", "of_rows", "text"),
    [
        (Message.of("key_missing", columns=("sku",)), True, "fails where the key (sku) is empty"),
        (Message.of("key_missing", columns=("sku",)).dumps(), True, "fails where the key (sku) is empty"),
        (Message.of("columns_all_declared"), False, "all columns of the file are declared"),
        (Message.text("an item is named"), True, "an item is named"),
        ("", True, ""),
    ],
    ids=["problem", "stored", "of the batch", "of the shop", "none"],
)
def test_a_problem_is_no_result(message: Message | str, of_rows: bool, text: str) -> None:
    assert format_criterion(message, of_rows=of_rows) == text
