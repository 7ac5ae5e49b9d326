"""Products that may be one are shown beside each other: pairs are labelled by a key, merges filed with the ids that the person chose."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.widgets.pair_file import export_pairs, import_pairs
from sluice.domain import ListedProduct, Message, PairToLabel, ProductGroup, ProductMatches, Request

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
HOSTILE = "![x](http://evil.example/x.png) <b>"
MATCHES = ProductMatches(
    "catalog",
    products=5,
    agreement=0.9,
    pairs=(PairToLabel("i1", "i2", {"title": ("oak table", HOSTILE)}), PairToLabel("i3", "i4", {"title": ("mug", "mugs")}, 0.4)),
    groups=(ProductGroup((ListedProduct("i1", {"title": HOSTILE}, 7), ListedProduct("i2", {"title": "table"}, 2)), None),),
    references=(("events", "item_id"),),
)


@pytest.fixture
def searched(own: Corner) -> Corner:
    """A shop in which somebody has searched."""
    own.store.product_matches.save(MATCHES)
    return own


def page(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    app: AppTest = shop.page("products", monkeypatch, products_dataset="catalog")
    assert not app.exception
    app.text_input(key="products_by").input("Ann")
    return app.run()


def filed(shop: Corner, kind: str) -> list[Request]:
    return [request for request in shop.store.requests.all("catalog") if request.kind == kind]


def test_a_search_is_filed_and_waits(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(own, monkeypatch)
    app = app.button(key="products_search").click().run()
    assert [request.by for request in filed(own, "find_products")] == ["Ann"]
    assert app.button(key="products_search").disabled


def test_an_answer_is_filed_and_the_next_pair_drawn_and_taken_back(searched: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(searched, monkeypatch)
    app = app.button(key="pair_yes").click().run()
    app = app.button(key="pair_no").click().run()
    assert {(request.rows, request.rule) for request in filed(searched, "label_pair")} == {(("i1", "i2"), "yes"), (("i3", "i4"), "no")}
    assert "No pair waits for a label" in "".join(str(one.value) for one in [*app.markdown, *app.info])
    app = app.button(key="pair_undo").click().run()
    assert {request.rows: request.state for request in filed(searched, "label_pair")}[("i3", "i4")] == "refused"  # it was not written yet
    assert not app.button(key="pair_no").disabled


def test_a_pair_is_skipped_for_the_session(searched: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(searched, monkeypatch).button(key="pair_skip").click().run()
    app.button(key="pair_no").click().run()
    assert [request.rows for request in filed(searched, "label_pair")] == [("i3", "i4")]


def test_a_merge_names_the_id_that_stays_first(searched: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(searched, monkeypatch)
    assert '+      - map_values: {column: item_id, values: {"i2": "i1"}}' in app.code[0].value
    assert "2 published rows of events.item_id change." in [one.value for one in app.caption]
    app.selectbox(key="merge_keep catalog i1 i2").select("i2")
    app = app.run()
    app.text_input(key="signature_by").input("Ann")
    app = app.button(key="products_merge").click().run()
    assert [request.rows for request in filed(searched, "merge_products")] == [("i2", "i1")]
    assert not any(button.key == "products_merge" for button in app.button)  # it is about to be merged


def test_a_viewer_finds_no_dataset_of_products_without_a_catalog(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(own, monkeypatch)
    assert app.selectbox(key="products_dataset").options[0] == "catalog"  # others refer to it


def test_what_went_wrong_with_a_search_is_said(searched: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    searched.store.requests.submit(Request("q1", "find_products", "catalog", "Ann", "", NOW))
    with searched.store.take(searched.store.requests.get("q1")) as taken:
        searched.store.requests.finish(taken, done=False, answer=Message.of("labels_no_row", dataset="catalog"))
    assert "no row of catalog is published" in page(searched, monkeypatch).error[0].value


def test_labels_are_exported_safely_and_imported_as_they_were() -> None:
    lines = pl.DataFrame({"left": ["=1+1", "007"], "right": ["b", "c"], "same": ["yes", "no"], "answer": ["q1", "q2"]})
    content = export_pairs(lines)
    assert b"\n=1+1" not in content
    assert import_pairs(content).equals(lines.drop("answer"))
