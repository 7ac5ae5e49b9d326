"""Spellings of one thing are shown, and mapped to one by a request that names what it writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import polars as pl
import pytest

from sluice.domain import RAW_TYPE, REPAIRS, ROW, Batch, Outcome
from sluice.rules import score, split

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def publish_titles(shop: Corner) -> None:
    at = datetime(2026, 3, 15, tzinfo=UTC)
    titles = [*["Nordwind"] * 40, "NORDWIND ", "Nordwimd", *["Lumen"] * 30]
    rows = pl.DataFrame({"item_id": [f"i{place}" for place in range(len(titles))], "title": titles, ROW: [f"n.{place}" for place in range(len(titles))]})
    rows = rows.with_columns(pl.lit(None, dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action"))
    batch = Batch("catalog", "n", rows, at)
    shop.publish(Outcome("ingest", score(()), score(()), split(batch, []), REPAIRS.to_frame(), {}, "0"), "")


def test_one_choice_is_filed_with_the_mapping_that_was_shown(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_titles(own)
    app = own.page("values", monkeypatch, values_dataset="catalog")
    assert list(app.dataframe[0].value["Spellings"]) == ["'Nordwind' 40 · 'NORDWIND ' 1 · 'Nordwimd' 1"]
    assert '+      - map_values: {column: title, values: {"NORDWIND ": "Nordwind", "Nordwimd": "Nordwind"}}' in app.code[0].value
    assert app.button(key="values_map").label == r"Change 2 published rows to \'Nordwind\'"  # escaped, since it is Markdown
    app.button(key="values_map").click().run()
    assert [element.value for element in app.warning] == ["Enter your name first: it is stored with the decision."]
    app.text_input(key="signature_by").input("Ann")
    app.button(key="values_map").click().run()
    (request,) = [request for request in own.store.requests.pending("catalog") if request.kind == "map_values"]
    settings = own.store.trials.get(request.rows[0]).edit.settings
    assert (request.by, settings) == ("Ann", {"column": "title", "values": {"NORDWIND ": "Nordwind", "Nordwimd": "Nordwind"}})
    assert not app.exception


def test_a_dataset_without_spellings_says_which_columns_are_left_out(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("values", monkeypatch)
    assert "Nothing is spelt in several ways" in [element.value.strip("*") for element in app.markdown]
    assert not app.exception
