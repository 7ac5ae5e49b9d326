"""Held rows are gone through by keys: each acts on the row that was on the page, once, whatever was pressed meanwhile."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def opened(corner: Corner, monkeypatch: pytest.MonkeyPatch, row: str = "", lang: str = "en") -> AppTest:
    app = corner.page("quarantine", monkeypatch, lang=lang, **({"row": row} if row else {}))
    assert not app.exception
    return app  # type: ignore[no-any-return]  # of any shop


def rows_of(app: AppTest) -> list[str]:
    table = app.dataframe[0].value
    return list(table[table.columns[-1]])


def row_of(app: AppTest) -> str:
    """The row that the address names."""
    named = app.query_params["row"]
    return named if isinstance(named, str) else named[0]


def requests_of(corner: Corner) -> list[tuple[str, tuple[str, ...], str]]:
    return sorted(((request.kind, request.rows, request.by) for request in corner.store.requests.all() if request.id != "r1"), key=lambda one: one[1])


def test_the_keys_go_from_row_to_row_and_stop_at_the_ends(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(own, monkeypatch)
    rows = rows_of(app)
    assert app.button(key="row_previous").disabled
    for row in rows[:3]:
        app.button(key="row_next").click().run()
        assert row_of(app) == row
    app.button(key="row_previous").click().run()
    assert row_of(app) == rows[1]
    last = opened(own, monkeypatch, rows[-1])
    assert last.button(key="row_next").disabled


def test_a_key_decides_on_the_opened_row_and_opens_the_next_one(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(opened(own, monkeypatch))
    app = opened(own, monkeypatch, rows[0])
    app.text_input(key="signature_by").input("Ann").run()
    app.button(key=f"row_reject {rows[0]}").click().run()
    assert not app.exception
    assert row_of(app) == rows[1]
    app.button(key=f"row_release {rows[1]}").click().run()
    assert requests_of(own) == [("reject", (rows[0],), "Ann"), ("release", (rows[1],), "Ann")]
    again = opened(own, monkeypatch, rows[0], "zh")
    assert again.button(key=f"row_reject {rows[0]}").disabled
    assert again.button(key="row_next").label == "下一行"


def test_a_key_that_was_pressed_for_a_row_decides_on_that_row_though_another_is_opened_meanwhile(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(opened(own, monkeypatch))
    app = opened(own, monkeypatch, rows[0])
    app.text_input(key="signature_by").input("Ann").run()
    app.button(key="row_next").click()  # not drawn yet when the other key is pressed
    app.button(key=f"row_reject {rows[0]}").click().run()
    assert requests_of(own) == [("reject", (rows[0],), "Ann")]
    assert row_of(app) == rows[1]


def test_without_a_name_nothing_is_decided_and_the_row_stays_open(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(opened(own, monkeypatch))
    app = opened(own, monkeypatch, rows[0])
    app.button(key=f"row_reject {rows[0]}").click().run()
    assert [element.value for element in app.warning] == ["Enter your name first: it is stored with the decision."]
    assert (requests_of(own), row_of(app)) == ([], rows[0])
