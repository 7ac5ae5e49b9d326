"""A release is previewed by the job that would carry it out: nothing is published before a person confirms a large effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.app import App, process_requests
from sluice.app.previews import preview_release
from sluice.cli.main import outcome
from sluice.domain import BatchPreview, Message, ReleasePreview, Request
from sluice.errors import UsageError
from tests.integration.prices_shop import config_of, published_shop, write_shop

CONFIG = config_of(
    "gate: {max_quarantined: 0.1}",
    "suite:",
    "  - expect_column_values_to_be_between: {column: price, min_value: 0, severity: warning, on_fail: quarantine}",
    "  - expect_column_values_to_be_between: {column: stock, min_value: 0}",
    columns="sku: {type: string}, price: {type: number}, stock: {type: integer}",
)
PRICE, STOCK = "expect_column_values_to_be_between:price", "expect_column_values_to_be_between:stock"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop that has read 40 rows: ten have a price below 0, so that the gate is closed, and one a stock below 0."""
    lines = [f"s{number},{-1 if number < 10 else 5},{-1 if number == 10 else 3}" for number in range(40)]
    with published_shop(write_shop(tmp_path, CONFIG, {1: lines}, "sku,price,stock")) as app:
        yield app


def ask(app: App, name: str, rule: str, *, rows: tuple[str, ...] = (), asks: bool = True) -> Request:
    return app.store.requests.submit(Request(name, "release", "prices", "Ann", "right", app.now(), rows, None if rows else rule, ask=asks))


def state(app: App, name: str) -> str:
    request = app.store.requests.get(name)
    assert request is not None
    return request.state


def test_a_preview_tells_what_a_release_then_does(app: App) -> None:
    (batch,) = app.store.runs.of("prices")
    preview = preview_release(app, Request("p", "release", "prices", "", "", app.now(), rule=PRICE))
    assert isinstance(preview, ReleasePreview)
    assert (preview.rows, preview.released, preview.held, preview.waived, preview.critical) == (10, 10, 0, (PRICE,), ())
    assert (preview.gate_before, preview.gate_after) == ("closed", "open")
    assert (app.gate("prices").state, app.store.quarantine.held("prices").height) == ("closed", 11)
    assert not list((app.store.staging.root / "prices").iterdir())
    ask(app, "r1", PRICE, asks=False)
    process_requests(app)
    (revision,) = app.store.runs.of("prices")[-1].revisions
    expected = BatchPreview(batch.id, 40, 10, batch.published.value, revision.published.value, "closed", "open")
    assert (preview.batches, app.gate("prices").state) == ((expected,), "open")


def test_a_release_that_opens_a_gate_waits_for_a_confirmation(app: App) -> None:
    ask(app, "r1", PRICE)
    process_requests(app)
    request = app.store.requests.get("r1")
    assert request is not None
    questions = request.answer.params["questions"]
    assert isinstance(questions, tuple)
    assert [question.code for question in questions if isinstance(question, Message)] == ["question_opens_gate", "question_share"]
    assert (request.state, app.store.quarantine.held("prices").height) == ("asked", 11)
    process_requests(app)
    assert state(app, "r1") == "asked"
    app.store.requests.confirm("r1", by="Bo")
    process_requests(app)
    assert (state(app, "r1"), app.store.quarantine.held("prices").height) == ("done", 1)
    assert ("Bo", "confirm") in {(entry.who, entry.what) for entry in app.store.activity.entries()}


def test_a_release_that_waives_a_critical_rule_can_be_withdrawn(app: App) -> None:
    ask(app, "r1", STOCK)
    process_requests(app)
    assert state(app, "r1") == "asked"
    app.store.requests.withdraw("r1", by="Bo")
    process_requests(app)
    assert (state(app, "r1"), app.store.quarantine.held("prices").height) == ("refused", 11)
    with pytest.raises(UsageError, match="does not wait"):
        app.store.requests.confirm("r1", by="Bo")


def test_a_small_release_is_carried_out_at_once(app: App) -> None:
    row = app.store.quarantine.held("prices", rule=PRICE)["_row_id"][0]
    ask(app, "r1", PRICE, rows=(row,))
    process_requests(app)
    assert (state(app, "r1"), app.store.quarantine.held("prices").height) == ("done", 10)


def test_the_command_line_previews(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["quarantine", "release", "prices", "--rule", PRICE, "--preview", "--config", str(app.path)]
    assert outcome([*arguments, "--format", "json"]) == 0
    expected = json.loads(capsys.readouterr().out)
    assert (expected["released"], expected["gate_before"], expected["gate_after"]) == (10, "closed", "open")
    assert outcome(arguments) == 0
    assert "a person should confirm it: it would open the gate of prices" in capsys.readouterr().out
    assert outcome(["quarantine", "release", "prices", "nowhere", "--preview", "--config", str(app.path)]) == 2
    assert app.store.quarantine.held("prices").height == 11
