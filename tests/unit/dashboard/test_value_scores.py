"""The page of runs shows the scores of a dataset by the values of a column."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


@pytest.mark.parametrize(("language", "texts"), [("en", ["No value", "All other values"]), ("zh", ["空值", "其余取值"])])
def test_values_stand_by_week_the_worst_first(dearer: Corner, monkeypatch: pytest.MonkeyPatch, language: str, texts: list[str]) -> None:
    app = dearer.page("runs", monkeypatch, lang=language, run="e12000000000")
    assert not app.exception
    (table,) = [frame.value for frame in app.dataframe if "2026-03-09" in frame.value.columns]
    assert [name for name in table.columns if name.startswith("2026-")] == ["2026-03-09"]
    assert any(text.value.endswith(": item_id") for text in app.text)
    values = list(table.iloc[:, 0])
    assert values.index(texts[0]) < values.index(texts[1])
    assert len(values) <= 22
