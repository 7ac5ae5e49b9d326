"""Rows are labelled one after the other: what is typed is filed as a request, and the page goes on before a worker has written it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data.labels import without_columns
from dashboard.widgets.label_acts import corrected_cells
from dashboard.widgets.label_file import export_labels, import_lines
from dashboard.widgets.label_signs import sign_names
from sluice.domain import LabelPlan, Message, Request, RowToLabel, Suspect, ValueGroup, row_value

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
SUSPECT = Suspect(("unit", "of_a_later_version"), ValueGroup({"price": "9"}, (("![x](y)", 2), ("", 1)), 3))
PLAN = LabelPlan(
    "events",
    (
        RowToLabel("a.0", {"item_id": "i1 oz", "price": "9"}, {"item_id": SUSPECT}, ({"item_id": "i1", "price": "9"},), 0.0, 0.5, enough=False),
        RowToLabel("a.1", {"item_id": "i2", "price": "9\n10"}, {}, (), 0.5, 0.001, enough=True),
    ),
    2,
    2,
)


@pytest.fixture
def labels(own: Corner) -> Corner:
    """A shop in which two rows are chosen."""
    own.store.label_plans.save(PLAN)
    return own


def page(shop: Corner, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    app: AppTest = shop.page("labels", monkeypatch, labels_dataset="events", **query)
    assert not app.exception
    return app


def named(app: AppTest) -> AppTest:
    app.text_input(key="label_by").input("Ann")
    return app.run()


def answer(app: AppTest) -> AppTest:
    return app.button(key="label_right").click().run()


def filed(shop: Corner, kind: str) -> list[Request]:
    return [request for request in shop.store.requests.all("events") if request.kind == kind]


def test_an_answer_is_filed_with_the_typed_value_and_the_next_row_drawn_at_once(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = named(page(labels, monkeypatch))
    app.text_input(key="label_cell events a.0 item_id").input(" i1 ")
    answer(app)
    (request,) = filed(labels, "label")
    cells = [("a.0", "*", row_value({"item_id": "i1 oz", "price": "9"})), ("a.0", "item_id", "i1")]
    assert (request.rows, request.by, labels.store.requests.cells(request.id)) == (("a.0",), "Ann", tuple(cells))
    assert app.text_area(key="label_cell events a.1 price").value == "9\n10"
    assert any("1 row is labelled" in str(element.proto) for element in app.get("progress"))
    assert "you can stop here" in app.success[0].value


def test_without_a_name_nothing_is_filed_and_what_was_typed_stays(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(labels, monkeypatch)
    app.text_input(key="label_cell events a.0 item_id").input("i1")
    answer(app)
    assert app.warning[0].value == "Enter your name first: it is stored with the decision."
    assert filed(labels, "label") == [] and app.text_input(key="label_cell events a.0 item_id").value == "i1"


def test_an_answer_that_waits_is_undone_at_once(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = answer(named(page(labels, monkeypatch)))
    app.button(key="label_undo").click().run()
    assert [request.state for request in filed(labels, "label")] == ["refused"] and filed(labels, "undo_label") == []
    assert app.text_input(key="label_cell events a.0 item_id").value == "i1 oz"
    assert app.button(key="label_undo").disabled


def test_an_answer_that_is_written_is_undone_by_a_request_that_names_it(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = answer(named(page(labels, monkeypatch)))
    (label,) = filed(labels, "label")
    labels.store.requests.finish(label, done=True, answer=Message.of("label_written", file="labels/events.csv"))
    write(labels, 'row,column,value\na.0,*,"{""item_id"": ""i1 oz"", ""price"": ""9""}"\n')
    app.run().button(key="label_undo").click().run()
    (request,) = filed(labels, "undo_label")
    assert request.rows == (label.id,)
    assert app.text_input(key="label_cell events a.0 item_id").value == "i1 oz"
    assert answer(app).button(key="label_undo").disabled is False


def test_of_several_answers_the_last_one_is_undone_also_with_a_clock_that_stands(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = answer(answer(named(page(labels, monkeypatch))))
    app.button(key="label_undo").click().run()
    states = {request.rows[0]: request.state for request in filed(labels, "label")}
    assert states == {"a.0": "pending", "a.1": "refused"}


def test_a_row_that_is_skipped_comes_no_more_in_this_session(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(labels, monkeypatch)
    app.button(key="label_skip").click().run()
    assert app.text_area(key="label_cell events a.1 price").value == "9\n10"
    app.button(key="label_skip").click().run()
    assert "No row waits for a label" in [element.value.strip("*") for element in app.markdown]


def test_a_row_that_somebody_else_labels_is_not_taken_from_under_the_hands(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(labels, monkeypatch)
    write(labels, "row,column,value\na.0,*,\n")
    app.run()
    assert "Somebody has labelled this row" in app.info[0].value
    assert app.text_input(key="label_cell events a.0 item_id").value == "i1 oz"


def test_suspects_say_what_they_are_compared_with_and_their_values_are_escaped(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    text = next(element.value for element in page(labels, monkeypatch).markdown if "badge" in element.value)
    assert r"with a unit\, of a later version" in text and r"\!\[x\]" in text and "3 rows with price" in text and "empty 1" in text


def test_rows_are_chosen_by_a_request_whose_progress_is_drawn(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(own, monkeypatch)
    app.button(key="label_choose").click().run()
    (request,) = filed(own, "choose_rows")
    assert "Waits for the scheduler" in str(app.get("progress")[0].proto)
    with own.store.take(request) as taken:
        own.store.label_plans.save(replace(PLAN, rows=(), done=5, total=20))
        assert "5 of 20 rows chosen" in str(app.run().get("progress")[0].proto)
        own.store.requests.finish(taken, done=False, answer=Message.of("labels_no_row", dataset="events"))
    assert "no row of events is published" in app.run().error[0].value
    assert not app.button(key="label_choose").disabled


def test_contradicting_labels_are_listed(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    write(labels, 'row,column,value\na.0,*,"{""price"": ""9""}"\na.0,price,8\na.1,*,"{""price"": ""9""}"\n')
    app = page(labels, monkeypatch)
    assert "contradict each other" in app.warning[0].value
    (row,) = app.dataframe[-1].value.to_dict("records")
    assert (row["Column"], row["Right value"], row["Its right value"]) == ("price", "'8'", "'9'")
    assert "cell_errors: {dataset: events_labels}" in app.code[0].value


def test_a_file_that_holds_no_labels_is_named(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    write(labels, "id,style\n1,ale\n")
    assert "events\\.csv holds no labels" in page(labels, monkeypatch).error[0].value


def test_cells_of_a_column_that_is_personal_now_are_not_drawn(labels: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    labels.path.write_text(labels.path.read_text().replace("item_id: {type: string}\n      price", "item_id: {type: string, personal: true}\n      price"))
    app = page(labels, monkeypatch)
    assert [field.key for field in app.text_input if str(field.key).startswith("label_cell")] == ["label_cell events a.0 price"]
    assert "i1" not in str([element.value for element in (*app.markdown, *app.dataframe)])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_speaks_both_languages(labels: Corner, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    assert page(labels, monkeypatch, lang=language).button(key="label_right").label == {"en": "The rest is right", "zh": "其余正确"}[language]


def test_lines_lose_what_they_say_of_personal_columns() -> None:
    lines = pl.DataFrame({"row": ["a.0"] * 3, "column": ["*", "ip", "price"], "value": [row_value({"ip": "::1", "price": "9"}), "::2", "8"]})
    assert without_columns(lines, {"ip"}).rows() == [("a.0", "*", '{"price": "9"}'), ("a.0", "price", "8")]


def test_a_downloaded_file_is_safe_in_a_spreadsheet_and_imports_the_same() -> None:
    lines = pl.DataFrame({"row": ["a.0", "a.0"], "column": ["item_id", "price"], "value": ["=1+1", "-9"]})
    content = export_labels(lines)
    assert b"'=1+1" in content and b",-9" in content
    assert import_lines(content).equals(lines)


def test_blanks_at_the_ends_of_what_is_typed_do_not_count_but_those_that_arrived_do() -> None:
    row = RowToLabel("a.0", {"a": "x", "b": " y ", "c": "z", "d": " w"}, {}, (), 0, 0, enough=False)
    assert corrected_cells(row, {"a": "x ", "b": "y", "c": "", "d": " w"}) == {"b": "y", "c": ""}


def test_every_sign_has_a_name() -> None:
    from cleaning.cell_errors.signs import SIGNS

    assert set(sign_names()) == set(SIGNS)


def write(shop: Corner, text: str) -> None:
    path = shop.path.parent / "labels" / "events.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
