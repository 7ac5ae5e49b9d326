"""Repairs are filtered, sampled and undone from their page."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from dashboard.data import cache
from sluice.domain import Message, Request

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def test_all_that_a_filter_selects_are_undone_by_one_request(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("repairs", monkeypatch)
    assert len(app.dataframe[0].value) == 18
    assert any("18 more repairs are of rows that are held, rejected or superseded" in caption.value for caption in app.caption)
    assert [button.key for button in app.button] == []  # nothing is chosen yet
    app.selectbox(key="repairs_column_events en").select("price").run()
    app.text_input(key="repairs_old").input("-1,00 €").run()
    assert set(app.dataframe[0].value["New value"]) == {"-1.0"}
    assert app.button(key="repairs_undo").label == "Undo 9 repairs of this filter"
    app.text_input(key="signature_by").input("Ann")
    app.button(key="repairs_undo").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.kind == "undo"]
    assert (request.by, len(request.rows), request.ask) == ("Ann", 9, True)
    assert not app.exception


def test_values_of_personal_columns_are_masked_and_select_nothing(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("repairs", monkeypatch)
    app.selectbox(key="repairs_column_events en").select("ip").run()
    assert set(app.dataframe[0].value["Old value"]) == {"•••"}
    app.text_input(key="repairs_old").input("203.0.113.8").run()
    assert "There are no repairs here" in [element.value.strip("*") for element in app.markdown]


def test_a_sample_is_drawn_anew_on_demand(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_sample = cache.sampled_repairs
    monkeypatch.setattr(cache, "sampled_repairs", lambda shop, dataset, selection, _, seed: draw_sample(shop, dataset, selection, 10, seed))
    app = corner.page("repairs", monkeypatch, lang="zh")
    app.toggle(key="repairs_sampled").set_value(True).run()
    first = list(app.dataframe[0].value["行"])
    (again,) = app.button
    assert (len(first), again.label) == (10, "重新抽样")
    again.click().run()
    assert (len(app.dataframe[0].value), list(app.dataframe[0].value["行"]) == first) == (10, False)


def test_an_undo_that_would_hold_rows_is_confirmed_there(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = own.store.requests.submit(Request("u1", "undo", "events", "Ann", "", own.config.clock, ("e14000000000.51/price/0",), ask=True))
    with own.store.take(filed) as taken:
        lines = Message.join([Message.of("preview_undo", rows=1, cells=1, repairs=1), Message.of("preview_undo_held", held=1)])
        own.store.requests.ask(taken, Message.of("release_asks", questions=(Message.of("question_undo_holds", held=1),), preview=lines))
    app = own.page("repairs", monkeypatch)
    assert app.button(key="confirm_u1").label == "Restore 1 row"
    assert any({"Row": "e14000000000.51", "event_id": "=1+14-51"}.items() <= row.items() for table in app.dataframe for row in table.value.to_dict("records"))
    app.text_input(key="confirm_by_u1").input("Bo")
    app.button(key="confirm_u1").click().run()
    assert own.store.requests.get("u1").state == "pending"
