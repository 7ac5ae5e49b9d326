"""Decisions over HTTP: filed as requests by the role of the token, carried out by a worker, undone the same way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.api.application import Limits
from sluice.app import build, process_requests
from sluice.config.api import Api
from sluice.domain import Role
from tests.unit.api.asking import API, Client, require_form

REJECT, RELEASE = "/v1/datasets/orders/reject", "/v1/datasets/orders/release"
PRICE = "expect_column_values_to_be_between:price"


def process(path: Path) -> None:
    with build(path) as app:
        process_requests(app)


def test_rows_are_rejected_and_the_rejection_is_undone(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    filed = ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann", "reason": "spam"})
    require_form("rejectRows", filed)
    assert filed.headers["location"] == filed.json["href"] == f"/v1/requests/{filed.json['request']}"
    waiting = ask(filed.json["href"]).json
    assert (waiting["state"], waiting["kind"], waiting["by"], waiting["reason"]) == ("pending", "reject", "Ann (API)", "spam")
    process(own)
    assert (ask(filed.json["href"]).json["state"], ask("/v1/datasets/orders/quarantine").json["rows"]) == ("done", 1)
    undone = ask(f"{filed.json['href']}/undo", "steward", body={"by": "Bo"})
    require_form("undoRequest", undone)
    assert ask(f"{undone.json['href']}/undo", "steward", body={"by": "Bo"}).status == 409, "what is not done cannot be undone"
    process(own)
    assert (ask(undone.json["href"]).json["state"], ask("/v1/datasets/orders/quarantine").json["rows"]) == ("done", 3)


def test_rows_are_released(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    row = ask("/v1/datasets/orders/quarantine?size=1").json["items"][0]["row"]
    filed = ask(RELEASE, "author", body={"rows": [row, row], "by": " Ann "})
    require_form("releaseRows", filed)
    assert ask(filed.json["href"]).json["rows"] == 1
    process(own)
    assert ask(filed.json["href"]).json["state"] == "done"
    assert ask("/v1/datasets/orders/quarantine?state=released").json["items"][0]["row"] == row


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("steward", 202), ("author", 202)])
def test_a_decision_needs_the_role(own: Path, client_of: Callable[..., Client], role: Role, status: int) -> None:
    answered = client_of(own)(REJECT, role, body={"rule": PRICE, "by": "Ann"})
    assert answered.status == status
    assert status == 202 or (answered.code == "role_needed_token" and "steward" in answered.json["error"]["message"])


def test_a_token_that_the_configuration_has_no_longer_decides_nothing(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    filed = ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann"})
    own.write_text(own.read_text(encoding="utf-8").replace("steward: S, ", ""), encoding="utf-8")
    process(own)
    assert ask(filed.json["href"]).json["state"] == "refused", "the role counts at the moment when it is carried out"
    assert ask._shop is not None
    ask._shop._timer = lambda: 1e9
    assert ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann"}).status == 403


def test_a_service_that_only_reads_takes_no_decision(shop_read: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(shop_read, api=API.model_copy(update={"write": False}))
    assert (ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann"}).code, ask("/v1/requests").json["items"]) == ("read_only", [])
    assert client_of(shop_read, api=Api(), tokens={})(REJECT, None, body={"rule": PRICE, "by": "Ann"}).code == "read_only"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"rule": PRICE}, "invalid_parameter"),
        ({"rule": PRICE, "by": "  "}, "invalid_parameter"),
        ({"rule": PRICE, "by": "Ann\n"}, "invalid_parameter"),
        ({"by": "Ann"}, "invalid_parameter"),
        ({"rule": PRICE, "rows": ["a"], "by": "Ann"}, "invalid_parameter"),
        ({"rows": [1], "by": "Ann"}, "invalid_parameter"),
        ({"rows": ["x" * 129], "by": "Ann"}, "invalid_parameter"),
        ({"rows": [str(number) for number in range(1001)], "by": "Ann"}, "invalid_parameter"),
        ({"rule": PRICE, "by": "Ann", "reason": "x" * 501}, "invalid_parameter"),
        ({"rule": PRICE, "by": "Ann", "dataset": "items"}, "invalid_parameter"),
        ({"rule": PRICE, "by": "Ann", "person": {"role": "admin"}}, "invalid_parameter"),
        ([], "invalid_json"),
        (b"{", "invalid_json"),
        (b"[" * 5000, "invalid_json"),
        (b'{"by": NaN}', "invalid_json"),
        (b"\xff", "invalid_json"),
        (b'{"by": "\\ud800"}', "invalid_json"),
    ],
)
def test_bodies_that_do_not_fit_are_refused(ask: Client, body: object, code: str) -> None:
    answered = ask(REJECT, "steward", body=body)
    assert (answered.status, answered.code) == (400, code)
    assert ask("/v1/requests").json["items"] == []


def test_a_body_is_json_and_not_long(shop_read: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(shop_read, limits=Limits(body=100))
    assert ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann"}, content_type="text/plain").status == 415, "as a form of another site could send it"
    assert ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann", "reason": "x" * 100}).status == 413
    assert ask("/v1/requests/none/undo", "steward", body={"by": "Ann"}).status == 404
