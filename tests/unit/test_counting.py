"""How many of what."""

from __future__ import annotations

import pytest

from sluice.domain import counted


@pytest.mark.parametrize(
    ("number", "noun", "text"), [(0, "row", "0 rows"), (1, "row", "1 row"), (1200, "row", "1,200 rows"), (2, "more batch", "2 more batches")]
)
def test_one_is_one_and_others_are_many(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text
