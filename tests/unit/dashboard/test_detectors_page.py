"""The page of the detectors, over a model whose card was written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

import polars as pl
import pytest
from safetensors.numpy import save

from dashboard.data import diagnostics, model_card
from dashboard.widgets import contributions, detector_charts
from sluice.domain import FLAGS, MASK, RAW_TYPE, REPAIRS, ROW, Artifact, Batch, Column, Outcome, Schema, Score, Split, Verdict

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


def test_a_card_is_read_and_malformed_parts_are_ignored() -> None:
    assert diagnostics.calibration(CARD) == [{"max_fpr": 0.01, "held_back": 0.011}]
    assert diagnostics.column_contributions(CARD) == [("price", 1.5), ("ip", 0.0)]
    assert diagnostics.points(CARD) == [(0.1, 0.2, 0.003)]
    (scored,) = diagnostics.most_anomalous(CARD)
    assert (scored.row, scored.p_value, scored.blamed, scored.cells["price"]) == ("b.1", 0.001, ("price",), (3.0, HOSTILE))


@pytest.mark.parametrize("card", [{}, {"picture": None}, {"picture": {"rows": "no", "points": {}, "columns": 3}}])
def test_a_card_without_diagnostics_is_empty(card: dict[str, object]) -> None:
    readers = (diagnostics.calibration, diagnostics.column_contributions, diagnostics.points, diagnostics.most_anomalous)
    assert [read(card) for read in readers] == [[], [], [], []]


def test_cells_are_drawn_largest_contribution_first_escaped_and_masked() -> None:
    (scored,) = diagnostics.most_anomalous(CARD)
    row = pl.DataFrame({ROW: ["b.1"], "price": [1250.0], "ip": ["198.51.100.9"]})
    drawn = contributions.contributions_html(scored, row, SCHEMA)
    assert drawn.index("price") < drawn.index("<td>ip")
    assert "<img" not in drawn
    assert "1250.0" in drawn
    assert "198.51" not in drawn
    assert "203.0.113" not in drawn
    assert "width:50%" in drawn


def test_a_row_that_is_gone_is_drawn_without_observed_values() -> None:
    (scored,) = diagnostics.most_anomalous(CARD)
    assert "empty" in contributions.contributions_html(scored, pl.DataFrame(), SCHEMA)


def test_a_full_fit_is_told_from_a_partial_fit() -> None:
    assert model_card.is_full_fit({"fitted": "2026-03-15T06:00:00+00:00", "updates": 0})
    assert not model_card.is_full_fit({"fitted": "2026-03-15T06:00:00+00:00", "updates": 3})


def judged(corner: Corner) -> None:
    """A day more, of which two detectors speak: one flags rows, one says what has moved; the first has two versions."""
    at, run = datetime(2026, 3, 16, tzinfo=UTC), "e15000000000"
    ids = [f"{run}.{position}" for position in range(130)]
    rows = pl.DataFrame(
        {"event_id": ids, "item_id": "i1", "price": 9.5, "ip": "203.0.113.7", "ts": at, ROW: ids}, schema_overrides={"ts": pl.Datetime("us", "UTC")}
    )
    batch = Batch("events", run, rows.with_columns(pl.lit(None, dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action")), at)
    verdicts = [
        Verdict("odd", "detector", "accuracy", "warning", "flag", "failed", None, 130, 130, ("ip",), "usual"),
        Verdict("drift", "detector", "accuracy", "warning", "flag", "failed", columns=("price",), observed="price is 10.0 % higher at the median"),
    ]
    flags = pl.DataFrame([(row, "odd", ["ip"], 0.001, "ip is unusual", "203.0.113.9") for row in ids], schema=FLAGS, orient="row")
    phases = {"arrival": verdicts, "cleaned": verdicts, "published": verdicts}
    outcome = Outcome("ingest", Score(99.0), Score(99.0), Split(batch, replace(batch, rows=batch.rows.clear())), REPAIRS.to_frame(), phases, "0", flags)
    corner.publish(outcome, "landing/events/events-2026-03-15.csv")
    for _ in range(2):
        corner.store.models.save("events.odd", Artifact(save({}), {"rows": 900, **CARD}), "champion", at=at)


def test_flagged_rows_are_listed_a_page_at_a_time_and_masked(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(own)
    app = own.page("detectors", monkeypatch, detector="events.odd")
    assert not app.exception
    assert "Rows 1 to 100 of 130" in [element.value for element in app.caption]
    flagged = next(table.value for table in app.dataframe if "Expected" in table.value.columns)
    assert len(flagged) == 100
    assert set(flagged["ip"]) == set(flagged["Expected"]) == {MASK}


@pytest.mark.parametrize(
    ("card", "label"),
    [
        ({"promise": "budget"}, "False positive rate, on average"),
        ({"promise": "sure"}, "False positive rate, at most"),
        ({"guarantee": "conditional"}, "False positive rate, at most"),
        ({"guarantee": "fdr"}, "False discovery rate"),
        ({}, "False positive rate, on average"),
    ],
)
def test_a_rate_is_labelled_by_the_kind_of_its_guarantee(card: dict[str, object], label: str) -> None:
    assert detector_charts.guarantee_label(model_card.guarantee(card)) == label


def test_a_detector_of_whole_batches_lists_shifted_columns(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(own)
    app = own.page("detectors", monkeypatch, detector="events.drift")
    assert not app.exception
    (shifts,) = [table.value for table in app.dataframe if "Since" in table.value.columns]
    (shift,) = shifts.to_dict("records")
    assert shift == {"Column": "price", "Shift": "price is 10.0 % higher at the median", "Since": "2026-03-16 00:00", "Consecutive batches": 1}


@pytest.mark.parametrize(("button", "kind"), [("Roll back", "rollback"), ("Refit", "refit")])
def test_a_click_requests_a_rollback_or_a_refit(own: Corner, monkeypatch: pytest.MonkeyPatch, button: str, kind: str) -> None:
    judged(own)
    app = own.page("detectors", monkeypatch, detector="events.odd")
    next(widget for widget in app.button if widget.label == button).click().run()
    assert [element.value for element in app.warning] == ["Enter your name first: it is stored with the decision."]
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("it flags too much")
    next(widget for widget in app.button if widget.label == button).click().run()
    assert not app.exception
    (request,) = [request for request in own.store.requests.pending("events") if request.model]
    assert (request.kind, request.model, request.by, request.note) == (kind, "events.odd", "Ann", "it flags too much")
    (table,) = [element.proto.body for element in app.get("html") if 'class="requests"' in element.proto.body]
    assert "<td>Pending</td>" in table
    assert "<br>events.odd</td>" in table


def test_without_an_earlier_champion_the_rollback_is_disabled(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(own)
    own.store.models.rollback("events.odd", by="Ann", reason="once", at=datetime(2026, 3, 16, tzinfo=UTC))
    app = own.page("detectors", monkeypatch, detector="events.odd")
    assert next(widget for widget in app.button if widget.label == "Roll back").disabled
