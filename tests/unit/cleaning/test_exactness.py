"""A repair is applied only where its value casts, is finite, and reads back as what was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals
from sluice.domain import ROW, Batch, Column, Message, Schema

SCHEMA = Schema("d", columns=(Column("n", "number"), Column("i", "integer"), Column("day", "date"), Column("at", "timestamp"), Column("text")))


@pytest.mark.parametrize(
    ("column", "text", "new", "reason"),
    [
        ("n", "1.234,50 €", 1234.5, None),
        ("n", "12 oz", 340.19, None),
        ("n", "5 %", 0.05, None),
        ("n", "(5)", -5.0, None),
        ("n", "1234567890123.45", 1234567890120.0, "repair_loses_digits"),
        ("n", "12,5", 12.0, "repair_loses_digits"),
        ("n", "1e400", float("inf"), "repair_not_finite"),
        ("n", "12345678901234567 g", 12345678901234568.0, "repair_loses_digits"),
        ("i", "2,000", 2000, None),
        ("i", "2.5", 2.5, "repair_does_not_cast"),
        ("i", "9007199254740993", 9007199254740992, "repair_loses_digits"),
        ("day", "14.03.2026", date(2026, 3, 14), None),
        ("day", "14.03.26", date(2026, 3, 14), None),
        ("day", "14.03.2026", date(2026, 3, 15), "repair_changes_day"),
        ("at", "31.12.2026 23:30 -0500", datetime(2027, 1, 1, 4, 30, tzinfo=UTC), None),
        ("at", "1773475200", datetime(2026, 3, 14, 8, tzinfo=UTC), None),
        ("at", "14.03.2026", datetime(1026, 3, 14, tzinfo=UTC), "repair_changes_day"),
    ],
)
def test_a_value_that_does_not_read_back_is_a_candidate(batch: Callable[..., Batch], column: str, text: str, new: Any, reason: str | None) -> None:
    rows = batch(SCHEMA, text=["x"], raw={0: {column: text}})
    cells = pl.DataFrame({ROW: rows.rows[ROW], NEW: [new], CONFIDENCE: [0.99], MESSAGE: ["why"]})
    cleaned = apply_proposals(rows, [Proposal(column, cells)], "parse", 0.0)
    ((old, applied, confidence, message),) = cleaned.repairs.select("old", "applied", "confidence", "message").rows()
    assert (old, applied, confidence) == (text, reason is None, 0.0 if reason else 0.99)
    assert message == ("why" if reason is None else Message.of(reason).dumps())
    assert cleaned.batch.rows[column].to_list() == [None if reason else new]


def test_emptying_a_cell_needs_no_text(batch: Callable[..., Batch]) -> None:
    rows = batch(SCHEMA, text=["N/A"])
    cells = pl.DataFrame({ROW: rows.rows[ROW], NEW: pl.Series([None], dtype=pl.String), CONFIDENCE: [0.9], MESSAGE: ["why"]})
    assert apply_proposals(rows, [Proposal("text", cells)], "normalize_text", 0.8).batch.rows["text"].to_list() == [None]
