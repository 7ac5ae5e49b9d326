"""What the columns of each batch were like: charts over the batches, and two batches compared."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from dashboard.widgets.profile_charts import plotted_quantiles

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_moved_is_listed_and_its_column_drawn(dearer: Corner, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    app = dearer.page("columns", monkeypatch, lang=language, columns_dataset="events", column="price")
    assert not app.exception
    moves = app.dataframe[0].value
    assert set(moves.iloc[:, 0]) == {"price"}
    assert [metric.value for metric in app.metric] == ["2", "300", "0.0%", "2"]
    assert len(app.get("vega_lite_chart")) == 3
    top = app.dataframe[3].value
    assert list(top.iloc[:, 0]) == ["95.0", "-1.0", "9.5"]


def test_a_personal_column_has_counts_and_no_value(dearer: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = dearer.page("columns", monkeypatch, columns_dataset="events", column="ip")
    assert not app.exception
    assert any("is personal" in caption.value for caption in app.caption)
    assert "203.0.113.7" not in str([frame.value for frame in app.dataframe])


def test_a_run_is_linked_to_its_columns(dearer: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = dearer.page("runs", monkeypatch)
    links = [element.proto.query_string for element in app.get("page_link")]
    assert any("columns_dataset=events&columns_run=e13000000000" in link for link in links)
    linked = dearer.page("columns", monkeypatch, columns_dataset="events", columns_run="e12000000000")
    assert any("e12000000000" in str(box.value) for box in linked.selectbox)


def test_the_history_of_a_rule_is_linked_to_its_column(dearer: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = dearer.page("rule", monkeypatch, history_dataset="events", history_rule="expect_column_values_to_be_between:price")
    links = [element.proto.query_string for element in app.get("page_link")]
    assert any("columns_dataset=events&column=price" in link for link in links)


def test_batches_are_named_by_their_files(dearer: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = dearer.page("columns", monkeypatch, columns_dataset="events")
    batches = next(box for box in app.selectbox if box.label == "Batch, with its end")
    assert len(set(batches.options)) == len(batches.options)
    assert all(option.startswith("events-2026-03-") for option in batches.options)


def test_a_dataset_without_profiles_says_so(empty: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = empty.page("columns", monkeypatch, columns_dataset="catalog")
    assert not app.exception
    assert any("has a profile" in text.value for text in app.markdown)


def test_times_have_no_band(dearer: Corner) -> None:
    (batch,) = dearer.store.profiles.batches("events", runs=["e12000000000"])
    by_name = {column.column: column for column in batch.columns}
    assert plotted_quantiles(by_name["ts"]) == []
    assert plotted_quantiles(by_name["price"]) == [-1.0, 9.5, 9.5, 9.5, 9.5]
