"""The page of the detectors, over a model whose card was written by hand."""

from __future__ import annotations

from typing import Any, TypeAlias

import polars as pl
import pytest

from dashboard import cards, pictures, surprise
from sluice.domain import ROW, Column, Schema

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
HOSTILE = '<img src="http://evil.example/x.png">'
SCHEMA = Schema("events", columns=(Column("price", "number"), Column("ip", personal=True)))
CARD = {
    "picture": {
        "calibration": [{"budget": 0.01, "held_back": 0.011, "newest": None}, {"no": "budget"}, "nonsense"],
        "columns": [{"column": "price", "surprise": 1.5, "blamed": 3}, {"column": "ip", "surprise": None}],
        "points": [[0.1, 0.2, 0.003], ["x"], 7],
        "rows": [
            {
                "row": "b.1",
                "p": 0.001,
                "blamed": ["price"],
                "cells": [
                    {"column": "ip", "surprise": 0.1, "expected": "203.0.113.7"},
                    {"column": "price", "surprise": 3.0, "expected": HOSTILE},
                ],
            }
        ],
    }
}


def test_a_card_is_read_and_nonsense_in_it_passed_over() -> None:
    assert pictures.calibration(CARD) == [{"budget": 0.01, "held_back": 0.011}]
    assert pictures.columns(CARD) == [("price", 1.5), ("ip", 0.0)]
    assert pictures.points(CARD) == [(0.1, 0.2, 0.003)]
    (loud,) = pictures.loudest(CARD)
    assert (loud.row, loud.p, loud.blamed, loud.cells["price"]) == ("b.1", 0.001, ("price",), (3.0, HOSTILE))


@pytest.mark.parametrize("card", [{}, {"picture": None}, {"picture": {"rows": "no", "points": {}, "columns": 3}}])
def test_a_card_without_a_picture_is_empty(card: dict[str, object]) -> None:
    assert (pictures.calibration(card), pictures.columns(card), pictures.points(card), pictures.loudest(card)) == ([], [], [], [])


def test_cells_are_told_the_loudest_first_escaped_and_masked() -> None:
    (loud,) = pictures.loudest(CARD)
    row = pl.DataFrame({ROW: ["b.1"], "price": [1250.0], "ip": ["198.51.100.9"]})
    drawn = surprise.table(loud, row, SCHEMA)
    assert drawn.index("price") < drawn.index("<td>ip")
    assert "<img" not in drawn
    assert "1250.0" in drawn
    assert "198.51" not in drawn
    assert "203.0.113" not in drawn
    assert "width:50%" in drawn


def test_a_row_that_is_gone_is_drawn_without_observed_values() -> None:
    (loud,) = pictures.loudest(CARD)
    assert "empty" in surprise.table(loud, pl.DataFrame(), SCHEMA)


def test_a_whole_fit_is_told_from_what_learned_on_from_it() -> None:
    assert cards.whole_fit({"fitted": "2026-03-15T06:00:00+00:00", "updates": 0})
    assert not cards.whole_fit({"fitted": "2026-03-15T06:00:00+00:00", "updates": 3})
