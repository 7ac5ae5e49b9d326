"""The chance that a share fell is that of Fisher's exact test."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.chance import chance_of_fewer


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_it_is_the_sum_of_the_hypergeometric_chances(rows: int, rows_before: int, data: st.DataObject) -> None:
    now, before = data.draw(st.integers(0, rows)), data.draw(st.integers(0, rows_before))
    filled, total = now + before, rows + rows_before
    exact = sum(comb(filled, count) * comb(total - filled, rows - count) for count in range(now + 1) if count <= filled) / comb(total, rows)
    fell = now * rows_before < before * rows
    assert chance_of_fewer(now, rows, before, rows_before) == pytest.approx(exact if fell else 1.0)
