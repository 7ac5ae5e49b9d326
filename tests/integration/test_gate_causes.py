"""A gate that waits for another dataset names the batch of that dataset, and what opens it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import App, process_requests
from sluice.app.doctor import examine
from sluice.cli.main import outcome
from sluice.domain import Request
from sluice.messages import render
from sluice.rules.opening import how_to_open
from tests.integration.catalog_shop import write_shop

Opened = Callable[[Path], App]

ORDERS = """\
  orders:
    source: {files: landing/orders*.csv}
    columns: {id: {type: string}, item: {type: string}, note: {type: string}}
    suite:
    - expect_column_values_to_exist_in_dataset: {column: item, dataset: items, reference_column: id}
    - expect_column_values_to_not_be_null: {column: note, severity: warning}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop without files; gives its sluice.yaml."""
    return write_shop(tmp_path, ORDERS)


def land(shop: Path, name: str, text: str) -> None:
    (shop.parent / "landing" / f"{name}.csv").write_text(text, encoding="utf-8")


def advice(app: App, dataset: str) -> str:
    return render(how_to_open(app.gate(dataset), app.store.runs.of(dataset), app.store.quarantine.holding_runs(dataset)))


def test_a_gate_names_the_batch_of_the_catalog_that_its_rows_wait_for(shop: Path, opened: Opened) -> None:
    land(shop, "items-2026-03-01", "id,price\n" + "".join(f"i{n},1\n" for n in range(20)))
    land(shop, "orders-2026-03-01", "id,item,note\n" + "".join(f"o{n},i{n},x\n" for n in range(20)))
    app = opened(shop)
    assert [run.decision for run in app.run(app.pending_arrivals())] == ["open", "open"]
    land(shop, "items-2026-03-02", "id,price\n" + "".join(f"j{n},1\n" for n in range(5)))
    land(shop, "orders-2026-03-02", "id,item,note\n" + "".join(f"p{n},j{n % 5},x\n" for n in range(20)))
    catalog, orders = app.run(app.pending_arrivals())
    assert (catalog.decision, orders.decision) == ("closed", "closed")
    cause = next(reason for reason in app.gate("orders").reasons if reason.code == "reference_not_open")
    assert (cause.params["reference"], cause.params["reasons"], cause.params["state"]) == ("items", app.gate("items").reasons, "closed")
    assert "sluice quarantine release items --rule max_shrink" in render(cause)
    assert "sluice gate items" in advice(app, "orders")
    app.store.requests.submit(Request("q", "release", "items", "Ada", "a smaller catalog", app.now(), rule="max_shrink"))
    process_requests(app)
    assert (app.gate("items").state, app.gate("orders").state) == ("open", "open"), "rows that waited for what was released are judged again"


def test_a_gate_names_a_dataset_of_which_nothing_came(shop: Path, opened: Opened) -> None:
    land(shop, "orders-2026-03-01", "id,item,note\no1,a,x\n")
    app = opened(shop)
    list(app.run(app.pending_arrivals()))
    decision = app.gate("orders")
    assert (decision.state, [reason.code for reason in decision.reasons][-1]) == ("closed", "reference_never_came")
    assert "land a file of items" in advice(app, "orders")


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-09"])
def test_a_file_that_failed_and_came_again_under_another_name_closes_no_gate(shop: Path, opened: Opened, day: str) -> None:
    land(shop, "items-2026-03-01", "id,price\na,1\n")
    land(shop, "orders-2026-03-02", "id,item,note\no1,a,x\no2,b,x\n")
    (shop.parent / "landing" / f"items-{day}.csv").write_bytes(b"PK\x03\x04 no archive\n")
    app = opened(shop)
    assert "failed" in [run.state for run in app.run(app.pending_arrivals())]
    unread = next(finding for finding in examine(shop) if finding.subject == "unread files")
    assert unread.state == "warning", "the file is there"
    (shop.parent / "landing" / f"items-{day}.csv").rename(shop.parent / "landing" / "broken.txt")
    assert app.gate("items").open
    assert {"reference_not_open", "reference_never_came"}.isdisjoint(reason.code for reason in app.gate("orders").reasons)
    unread = next(finding for finding in examine(shop) if finding.subject == "unread files")
    assert unread.state == "fine"


def test_rows_that_lack_an_item_of_an_accepted_catalog_blame_no_other_dataset(shop: Path, opened: Opened) -> None:
    land(shop, "items-2026-03-01", "id,price\na,1\n")
    land(shop, "orders-2026-03-01", "id,item,note\no1,a,x\no2,b,x\n")
    app = opened(shop)
    list(app.run(app.pending_arrivals()))
    decision = app.gate("orders")
    assert decision.state == "closed"
    assert "reference_not_open" not in {reason.code for reason in decision.reasons}


def test_json_has_the_share_of_rows_that_rules_which_hold_nothing_would_fail(shop: Path, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    land(shop, "items-2026-03-01", "id,price\na,1\n")
    land(shop, "orders-2026-03-01", "id,item,note\no1,a,x\no2,a,\no3,a,x\no4,a,x\n")
    app = opened(shop)
    list(app.run(app.pending_arrivals()))
    assert outcome(["gate", "orders", "--config", str(shop), "--format", "json"]) == 1, "a score of 75 in completeness closes it"
    gate = json.loads(capsys.readouterr().out)
    assert gate["newest"] == app.store.runs.of("orders")[-1].id
    rule = "expect_column_values_to_not_be_null:note"
    assert gate["reported"] == [{"rule": rule, "severity": "warning", "rows": 4, "failed": 1, "share": 0.25}]
