"""The history of a rule: its address names it, other pages link to it."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
PRICE = "expect_column_values_to_be_between:price"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_history_of_a_rule_counts_its_batches(corner: Corner, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    app = corner.page("rule", monkeypatch, lang=language, history_dataset="events", history_rule=PRICE)
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["3", "0.0%", "45", "2026-03-15 00:00"]
    assert app.selectbox(key="history_rule").value == PRICE
    table = app.dataframe[0].value
    assert len(table) == 3


def test_an_incident_links_to_the_history_of_its_rule(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("incidents", monkeypatch)
    links = [element.proto.query_string for element in app.get("page_link")]
    assert any("history_dataset=events&history_rule=" in link for link in links)
