"""Decisions over HTTP: filed as requests by the role of the token, carried out by a worker, undone the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sluice.api.application import Limits
from sluice.api.keys import KeysInProgress
from sluice.app import build, process_requests
from sluice.config.api import Api
from sluice.domain import Message, Request, Role
from sluice.store.idempotency import KeyedRequest
from tests.coroutines import run_coroutine
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


def test_a_mistake_in_several_fields_names_no_single_one(ask: Client) -> None:
    for body in ({"by": "Ann"}, {"rule": PRICE, "rows": ["a"], "by": "Ann"}):
        refused = ask(REJECT, "steward", body=body).json["error"]
        assert (refused["message"], "fields" in refused) == ("name rows, or a rule: not both, not neither", False)
    refused = ask(REJECT, "steward", body={"": 1, "rule": PRICE, "by": "Ann"}).json["error"]
    assert (refused["message"], refused["fields"]) == ('"": is unknown', [{"name": "", "message": "is unknown"}])


def test_an_undo_asks_for_the_role_before_the_state(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    with build(own) as app:
        for state in ("pending", "done"):
            app.store.requests.submit(Request(state, "map_values", "orders", "Ann", "", app.now(), rows=("t1",)))
        done = app.store.requests.get("done")
        assert done is not None
        with app.store.take(done) as taken:
            app.store.requests.finish(taken, done=True, answer=Message.text(""))
    statuses = {role: [ask(f"/v1/requests/{name}/undo", role, body={"by": "Bo"}).status for name in ("pending", "done")] for role in ("steward", "author")}
    assert statuses == {"steward": [403, 403], "author": [409, 202]}


def test_a_body_is_json_and_not_long(shop_read: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(shop_read, limits=Limits(body=100))
    assert ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann"}, content_type="text/plain").status == 415, "as a form of another site could send it"
    assert ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann", "reason": "x" * 100}).status == 413
    assert ask("/v1/requests/none/undo", "steward", body={"by": "Ann"}).status == 404


def test_a_decision_that_is_sent_again_under_its_key_is_filed_once(own: Path, client_of: Callable[..., Client]) -> None:
    ask, body = client_of(own), {"rule": PRICE, "by": "Ann"}
    filed = ask(REJECT, "steward", body=body, idempotency_key="k1")
    require_form("rejectRows", filed)
    again = client_of(own)(REJECT, "steward", body=b'{"by": "Ann",  "rule": "' + PRICE.encode() + b'"}', idempotency_key="k1")
    assert (again.status, again.text, again.headers["location"]) == (202, filed.text, filed.headers["location"])
    assert (filed.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    other = ask(RELEASE, "steward", body=body, idempotency_key="k1")
    assert (other.status, other.code) == (422, "idempotency_key_used")
    assert ask(REJECT, "steward", body={**body, "reason": "spam"}, idempotency_key="k1").status == 422
    assert [one["request"] for one in ask("/v1/requests").json["items"]] == [filed.json["request"]]
    assert ask(REJECT, "author", body=body, idempotency_key="k1").json != filed.json, "of another token it is another key"
    process(own)
    undo = f"{filed.json['href']}/undo"
    assert ask(undo, "steward", body={"by": "Bo"}, idempotency_key="u1").text == ask(undo, "steward", body={"by": "Bo"}, idempotency_key="u1").text


def test_what_was_refused_under_a_key_can_be_sent_again_under_it(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    filed = ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann"}).json
    undo = f"{filed['href']}/undo"
    assert ask(undo, "steward", body={"by": "Bo"}, idempotency_key="u1").status == 409, "it is not done yet"
    process(own)
    assert ask(undo, "steward", body={"by": "Bo"}, idempotency_key="u1").status == 202
    assert ask(REJECT, "viewer", body={"rule": PRICE, "by": "Ann"}, idempotency_key="v1").status == 403


@pytest.mark.parametrize("key", ["", "two words", "x" * 256])
def test_a_key_is_a_short_word(ask: Client, key: str) -> None:
    answered = ask(REJECT, "steward", body={"rule": PRICE, "by": "Ann"}, idempotency_key=key)
    assert (answered.status, answered.json["error"]["fields"][0]["name"]) == (400, "Idempotency-Key")


def test_a_request_whose_key_is_in_progress_waits_for_the_first() -> None:
    keys, request, ended = KeysInProgress(), KeyedRequest("steward", "k1", "reject"), list[str]()

    async def hold(name: str, held: KeyedRequest | None, until: asyncio.Event) -> None:
        async with keys.hold(held):
            await until.wait()
            ended.append(name)

    async def hold_several() -> None:
        first, others = asyncio.Event(), asyncio.Event()
        others.set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hold("first", request, first))
            await asyncio.sleep(0)
            tasks.create_task(hold("second", request, others))
            for name, other in (("other key", replace(request, key="k2")), ("other sender", replace(request, sender="author")), ("no key", None)):
                await tasks.create_task(hold(name, other, others))
            assert ended == ["other key", "other sender", "no key"]
            first.set()
        assert ended[3:] == ["first", "second"]

    run_coroutine(hold_several())
    assert keys._turns == {}


def test_a_release_that_waits_for_a_person_is_listed_as_such(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    filed = ask(RELEASE, "steward", body={"rule": PRICE, "by": "Ann", "ask": True}).json
    with build(own) as app:
        request = app.store.requests.get(filed["request"])
        assert request is not None
        with app.store.take(request) as taken:
            app.store.requests.ask(taken, Message.text("sure?"))
    answered = ask("/v1/requests?state=asked")
    require_form("listRequests", answered)
    assert [one["request"] for one in answered.json["items"]] == [filed["request"]]
