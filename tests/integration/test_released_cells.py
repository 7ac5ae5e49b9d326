"""Rows that are released in spite of texts that do not cast have empty cells: the preview, the question and the gate say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.app import App, process_requests
from sluice.app.previews import preview_release
from sluice.cli.main import outcome
from sluice.domain import EmptyCells, Message, ReleasePreview, Request, RequestKind
from sluice.messages import render
from sluice.wiring.today import news_of
from tests.integration.prices_shop import config_of, published_shop, write_shop

CONFIG = config_of(columns="sku: {type: string}, price: {type: number}, stock: {type: integer}")
NOTE = Message.of("released_with_empty_cells", rows=3, column="price")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop that has read 100 rows: the price of four is no number, nor the stock of the last of these and of the next one."""
    lines = [f"s{number},{'free' if number < 4 else 5},{'few' if number in (3, 4) else 2}" for number in range(100)]
    with published_shop(write_shop(tmp_path, CONFIG, {1: lines}, "sku,price,stock")) as app:
        yield app


def carry_out(app: App, name: str, kind: RequestKind, *, rows: tuple[str, ...] = (), ask: bool = False) -> Request:
    rule = None if rows else "cast:price"
    app.store.requests.submit(Request(name, kind, "prices", "Ann", "right", app.now(), rows, rule, ask=ask))
    process_requests(app)
    request = app.store.requests.get(name)
    assert request is not None
    return request


def test_the_preview_counts_the_cells_of_the_rows_that_would_be_published(app: App) -> None:
    by_rule = preview_release(app, Request("p", "release", "prices", "", "", app.now(), rule="cast:price"))
    every = preview_release(app, Request("p", "release", "prices", "", "", app.now(), rows=tuple(app.store.quarantine.held("prices")["_row_id"])))
    assert isinstance(by_rule, ReleasePreview)
    assert isinstance(every, ReleasePreview)
    assert by_rule.empty == (EmptyCells("price", 3),)
    assert set(every.empty) == {EmptyCells("price", 4), EmptyCells("stock", 2)}


def test_the_command_line_says_so_before(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["quarantine", "release", "prices", "--rule", "cast:price", "--preview", "--config", str(app.path)]
    assert outcome(arguments) == 0
    assert "price of 3 rows would be empty" in capsys.readouterr().out
    assert outcome([*arguments, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["empty"] == [{"column": "price", "rows": 3}]


def test_a_small_release_waits_for_a_confirmation_where_cells_would_be_empty(app: App) -> None:
    request = carry_out(app, "r1", "release", ask=True)
    assert (request.state, app.store.quarantine.held("prices").height) == ("asked", 5)
    assert "it publishes 3 rows with empty cells of price" in render(request.answer)
    assert "3 行的 price 将为空" in render(request.answer, "zh")


def test_the_gate_names_the_empty_cells_until_the_release_is_undone(app: App) -> None:
    assert NOTE not in app.gate("prices").reasons
    assert carry_out(app, "r1", "release").state == "done"
    gate = app.gate("prices")
    assert (gate.state, gate.reasons) == ("open", (NOTE,))
    assert [NOTE in run.reasons for run in app.store.runs.of("prices")] == [False, True]
    assert carry_out(app, "u1", "undo_release", rows=("release-r1",)).state == "done"
    assert NOTE not in app.gate("prices").reasons


def test_after_a_release_the_news_name_the_rule_that_holds_the_rows_that_are_left(app: App) -> None:
    file = "prices-2026-03-01.csv"
    (before,) = news_of(app.config, app.store, app.now() - timedelta(days=1), app.now())
    assert render(before.message).startswith(f"5 of 100 rows of {file} are held, most of them (4) because price is not of type number")
    carry_out(app, "r1", "release")
    (news,) = news_of(app.config, app.store, app.now() - timedelta(days=1), app.now())
    assert render(news.message).startswith(f"2 of 100 rows of {file} are held, all because stock is not of type integer")
    assert (news.rule, news.held) == ("cast:stock", 2)
    assert [incident.rule for incident in app.store.incidents.all("prices") if incident.id == news.incident] == ["cast:stock"]
