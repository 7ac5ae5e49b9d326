"""Held rows over HTTP: page by page, narrowed, and with personal columns masked unless the role may see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.api.operations.quarantine import _plain
from sluice.config.api import Api
from sluice.domain import MASK
from tests.unit.api.asking import Client, require_form

ROWS = "/v1/datasets/orders/quarantine"
PRICE, EMAIL = "expect_column_values_to_be_between:price", "expect_column_values_to_match_regex:email"


def test_held_rows_come_page_by_page_with_their_reasons(ask: Client) -> None:
    first = ask(f"{ROWS}?size=2")
    require_form("listQuarantine", first)
    assert (first.json["rows"], first.json["pages"], len(first.json["items"])) == (3, 2, 2)
    row = first.json["items"][0]
    assert (row["cells"]["id"], row["cells"]["price"]) == ("2-21", -21.0)
    assert [(reason["rule"], reason["severity"], reason["columns"]) for reason in row["reasons"]] == [(PRICE, "critical", ["price"])]
    assert "below 0" in row["reasons"][0]["message"]["text"]
    second = ask(f"{ROWS}?size=2&page=2")
    assert [item["cells"]["id"] for item in second.json["items"]] == ["2-23"]
    assert ask(f"{ROWS}?page=9").json["items"] == []


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (f"rule={PRICE}", ["2-21", "2-22"]),
        ("column=email", ["2-23"]),
        ("batch=orders-2026-03-02.csv", ["2-21", "2-22", "2-23"]),
        ("batch=orders-2026-03-01.csv", []),
        ("state=rejected", []),
        (f"rule={EMAIL}&column=email&batch=orders-2026-03-02.csv", ["2-23"]),
    ],
)
def test_held_rows_are_narrowed(ask: Client, query: str, ids: list[str]) -> None:
    assert [item["cells"]["id"] for item in ask(f"{ROWS}?{query}").json["items"]] == ids


def test_a_run_names_a_batch_too_and_one_that_is_not_there_is_refused(ask: Client) -> None:
    run = ask("/v1/runs?size=1").json["items"][0]["run"]
    assert ask(f"{ROWS}?batch={run}").json["rows"] == 3
    assert (ask(f"{ROWS}?batch=none").status, ask(f"{ROWS}?column=none").status, ask(f"{ROWS}?state=lost").status) == (404, 404, 400)
    assert ask(f"{ROWS}?batch=%25").status == 404, "a name is no pattern"


@pytest.mark.parametrize(("role", "masked"), [("viewer", True), ("steward", True), ("author", False)])
def test_personal_columns_are_masked_unless_the_role_may_see_them(ask: Client, role: str, masked: bool) -> None:
    answered = ask(ROWS, role)  # type: ignore[arg-type]  # one of the roles
    assert {item["cells"]["email"] == MASK for item in answered.json["items"]} == {masked}
    assert ("secret-address" in answered.text) == (not masked)


def test_personal_columns_stay_masked_where_nobody_needs_a_token(shop_read: Path, client_of: Callable[..., Client]) -> None:
    assert "@x.example" not in client_of(shop_read, api=Api(), tokens={})(ROWS).text


def test_cells_that_json_lacks_are_text() -> None:
    assert _plain({"a": [float("nan"), 1.5, {"b": float("-inf")}]}) == {"a": ["nan", 1.5, {"b": "-inf"}]}
