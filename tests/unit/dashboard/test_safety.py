# ruff: noqa: RUF001  # spreadsheets take full-width signs for formulas too
"""Personal columns stay hidden, and no text that came with the data is drawn as anything but text."""

from __future__ import annotations

import html
import io
import re
from typing import Any, TypeAlias

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.safety import escape, export, masking
from dashboard.widgets import cell_table
from sluice.domain import RAW_TYPE, REPAIRS, Column, Schema
from sluice.store import dashboard_queries

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
SCHEMA = Schema("people", columns=(Column("name", personal=True), Column("age", "integer")))
PERSONAL = ("203.0.113.7", "203.0.113.8", "198.51.100.9")


def test_personal_cells_are_masked_wherever_they_stand() -> None:
    raw = pl.Series([[{"column": "name", "text": "Ann"}, {"column": "age", "text": "old"}], None], dtype=RAW_TYPE)
    masked = masking.mask(pl.DataFrame({"name": ["Ann", None], "age": [1, 2], "_raw": raw}), SCHEMA)
    assert masked["name"].to_list() == ["•••", None]
    assert masked["age"].to_list() == [1, 2]
    assert masked["_raw"].to_list() == [[{"column": "name", "text": "•••"}, {"column": "age", "text": "old"}], None]


def test_masking_needs_no_rows_and_no_columns() -> None:
    assert masking.mask(pl.DataFrame(), SCHEMA).is_empty()
    assert masking.mask(pl.DataFrame(schema={"name": pl.Int64}), SCHEMA).schema == {"name": pl.String}


def test_an_opened_row_masks_old_new_and_suggested() -> None:
    repairs = pl.DataFrame([("a.0/name/0", "a.0", "name", "Ann", "Anne", "normalize_text", 1.0, True, "")], schema=REPAIRS, orient="row")
    (name, age) = cell_table.collect_cells(pl.DataFrame({"name": ["Anne"], "age": [None]}), repairs, SCHEMA)
    assert (name.arrived, name.now, name.cleaners) == ("•••", "•••", ("normalize_text",))
    assert (age.arrived, age.now) == (None, None)


def test_the_published_cells_that_differ_stand_beside_a_held_row_and_personal_ones_are_masked() -> None:
    held, published = (pl.DataFrame({"name": [name], "age": [age], "shoe": [None]}) for name, age in (("Ann", 30), ("Bob", 31)))
    schema = Schema("people", columns=(*SCHEMA.columns, Column("shoe")))
    cells = cell_table.collect_cells(held, REPAIRS.to_frame(), schema, published)
    assert [(cell.now, cell.published, cell.differs) for cell in cells] == [("•••", "•••", True), ("30", "31", True), (None, None, False)]
    assert "<td>30</td><td>31</td><td>differs from the published row</td>" in cell_table.cells_html(cells)
    assert "Published" not in cell_table.cells_html(cell_table.collect_cells(held, REPAIRS.to_frame(), schema, held))


PAGES = ("today", "runs", "quarantine", "recommender", "row", "incidents", "rules", "detectors", "repairs", "alerts", "activity")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_a_personal_cell(corner: Corner, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    sent = everything(corner.page(name, monkeypatch, row="e14000000000.1", run="e14000000000"))
    assert not [cell for cell in PERSONAL if cell in sent]
    assert name != "quarantine" or "•••" in sent


def everything(app: AppTest) -> str:
    """All that was sent to the browser, tables among it."""
    tables = [
        pl.read_ipc_stream(io.BytesIO(element.proto.arrow_data.data if hasattr(element.proto, "arrow_data") else element.proto.data))
        for element in app.dataframe
    ]
    return "\n".join([*(str(element.to_dicts()) for element in tables), *(str(element.proto) for element in app.main)])


MARKDOWN = "![p](http://evil.example/p.png) <b>x</b> $a$ :red[x] [a](http://evil.example) www.evil.example me@evil.example"


def test_markdown_in_data_is_only_text() -> None:
    escaped = escape.markdown(MARKDOWN)
    assert not re.findall(r"(?<!\\)[!-/:-@\[`{-~]", escaped)  # no mark that Markdown would read stands unescaped
    assert not [link for link in ("://", ":\\/\\/", "www.", "www\\.", "me@evil", "me\\@evil") if link in escaped]


@given(st.text())
def test_escaped_markdown_says_the_same(text: str) -> None:
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escape.markdown(text)).replace("\u2060", "")
    assert unescaped == " ".join(text.split()).replace("\u2060", "")


def test_commands_in_messages_are_code_and_the_rest_is_text() -> None:
    text = escape.message_markdown("*mend* it and run `sluice run --retry-failed`; `![p](http://evil.example)` and `sluice [x](y)` stay")
    assert text.startswith(r"\*mend\* it and run `sluice run --retry-failed`\;")
    assert text.count("`") - text.count(r"\`") == 2


@given(st.text())
def test_a_message_without_commands_is_escaped_as_any_text(text: str) -> None:
    assert escape.message_markdown(text) == escape.markdown(text) or "`sluice " in text


@given(st.text())
def test_escaped_markup_opens_no_tag(text: str) -> None:
    assert not set(escape.markup(text)) & set("<>\"'")
    assert html.unescape(escape.markup(text)) == html.unescape(html.escape(text))


def test_the_opened_row_is_escaped(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("quarantine", monkeypatch, row="e14000000000.1")
    bodies = [element.proto.body for element in app.get("html")]
    assert any("&lt;img src=http://evil.example/y.png&gt;" in body for body in bodies)
    assert not any("<img" in body for body in bodies)


def test_no_markdown_of_a_page_holds_a_hostile_text(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("today", "quarantine"):
        app = corner.page(name, monkeypatch, row="e14000000000.1")
        texts = [element.value for element in (*app.markdown, *app.caption, *app.subheader, *app.title)]
        assert not [element for element in texts if "![" in element or "<shop>" in element]


def read(content: bytes) -> pl.DataFrame:
    assert content.startswith(b"\xef\xbb\xbf")
    return pl.read_csv(content, infer_schema=False)


def test_an_export_holds_no_formula_and_keeps_numbers() -> None:
    rows = pl.DataFrame({"text": ["=1+1", "@SUM", "-2", "+3", "\t=1", " =1", "＝1", "fine", 'a"b,\nc'], "number": [-1.5] * 9})
    back = read(export.to_csv(rows))
    assert back["text"].to_list() == ["'=1+1", "'@SUM", "'-2", "'+3", "'\t=1", "' =1", "'＝1", "fine", 'a"b,\nc']
    assert set(back["number"]) == {"-1.5"}


def test_an_export_takes_the_quarantine_as_it_is(corner: Corner) -> None:
    rows = masking.mask(
        dashboard_queries.all_quarantined(corner.store, dashboard_queries.QuarantineFilter("events")), corner.config.datasets["events"].schema_of("events")
    )
    back = read(export.to_csv(rows))
    assert back.height == 135
    assert not [cell for cell in PERSONAL if cell in str(back.to_dicts())]
    assert "an item is named" in str(back["_reasons"].to_list())
    assert all(element.startswith("'=") for element in back["event_id"])


@given(st.lists(st.text(), min_size=1))
def test_no_exported_cell_begins_like_a_formula(texts: list[str]) -> None:
    defused = export.defuse(pl.DataFrame({"text": texts}))
    assert not [element for element in defused["text"] if element.lstrip("\r\n ")[:1] in set("=+-@＝＋－＠\t\r")]
