"""A token whose role is about some datasets reads and changes nothing of the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from sluice.api.routes import OPERATIONS
from sluice.app import build, process_requests
from sluice.config.api import Api
from sluice.domain import Artifact, Request
from tests.unit.api.asking import API, TOKENS, Client, write_shop

SECOND = """\
  items:
    source: {files: items-*.csv}
    key: [item]
    columns: {item: {type: string}, price: {type: number}}
    suite: [expect_column_values_to_be_between: {column: price, min_value: 0, severity: critical}]
recommender: {events: orders, items: items, user: email, item: id, time: id, item_key: item}
"""
ROWS = "item,price\n" + "".join(f"i{number},{number}\n" for number in range(20)) + "i99,-1\n"
WRITTEN = "tokens: {viewer: V, steward: S, author: A}"
LIMITED = (
    "tokens: [{variable: V, role: viewer, datasets: [items]}, {variable: S, role: steward, datasets: [items]}, {variable: S, role: viewer}, "
    "{variable: A, role: author}]"
)
PRICE = "expect_column_values_to_be_between:price"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of two datasets with held rows each; nothing may be changed in it."""
    path = write_shop(tmp_path_factory.mktemp("two"), SECOND)
    path.write_text(path.read_text(encoding="utf-8").replace(WRITTEN, LIMITED), encoding="utf-8")
    (path.parent / "items-2026-03-02.csv").write_text(ROWS, encoding="utf-8")
    with build(path) as app:
        list(app.run(app.pending_arrivals()))
        for name in ("orders", "items"):
            app.store.requests.submit(Request(f"of-{name}", "reject", name, "Ann", "", app.now(), rule="no:rule"))
        for model in ("recommender", "orders.forest", "items.forest"):
            app.store.models.save(model, Artifact(save({"w": np.zeros(1, np.float32)}), {}), "champion", at=app.now())
    return path


@pytest.fixture
def ask(shop: Path, client_of: Callable[..., Client]) -> Client:
    """Ask the API of the shop."""
    return client_of(shop)


def named(answer: Any, key: str) -> set[str]:
    return {item[key] for item in answer.json["items"]}


def test_lists_leave_out_what_the_token_may_not_see(ask: Client) -> None:
    for path, key in (("/v1/datasets", "dataset"), ("/v1/runs", "dataset"), ("/v1/incidents", "dataset"), ("/v1/requests", "dataset")):
        assert named(ask(path, "viewer"), key) == {"items"}, path
        assert named(ask(path, "steward"), key) == named(ask(path, "author"), key) == {"orders", "items"}, path
    assert named(ask("/v1/models", "viewer"), "model") == {"items.forest"}
    assert named(ask("/v1/models", "author"), "model") == {"recommender", "orders.forest", "items.forest"}
    page = ask("/v1/runs?size=1", "viewer").json
    assert (page["items"][0]["dataset"], page["next"]) == ("items", None), "pages are those of the datasets that it sees"


def test_what_is_named_and_may_not_be_seen_is_not_there(ask: Client) -> None:
    ids = {kind: {item["dataset"]: item[kind] for item in ask(f"/v1/{kind}s", "author").json["items"]} for kind in ("run", "incident", "request")}
    paths = [f"/v1/{kind}s/{named['orders']}" for kind, named in ids.items()]
    paths += [f"/v1/datasets/orders{part}" for part in ("", "/gate", "/quarantine")]
    paths += ["/v1/models/orders.forest", "/v1/models/recommender"]
    for path in paths:
        assert (ask(path, "viewer").status, ask(path, "author").status) == (404, 200), path
        assert ask(path.replace("orders", "items").replace("recommender", "items.forest"), "viewer").status in (200, 404)
    assert all(ask(f"/v1/{kind}?dataset=orders", "viewer").status == 404 for kind in ("runs", "incidents", "requests"))
    assert ask(f"/v1/requests?before={ids['request']['orders']}", "viewer").status == 400
    assert [ask(f"/v1/{kind}s/{named['items']}", "viewer").status for kind, named in ids.items()] == [200] * 3
    assert ask("/v1/datasets/items/quarantine", "viewer").json["rows"] == 1


def test_figures_are_about_what_the_token_may_see(ask: Client) -> None:
    limited, whole = ask("/metrics", "viewer").text, ask("/metrics", "author").text
    assert 'dataset="orders"' in whole and "sluice_requests{" in whole
    assert 'sluice_gate_open{dataset="items"}' in limited and 'sluice_model_version{model="items.forest"}' in limited
    assert "orders" not in limited and "recommender" not in limited and "sluice_requests{" not in limited


def test_recommendations_need_a_role_on_what_they_are_made_from(ask: Client) -> None:
    for path in ("/v1/recommend", "/v1/similar?item=i1", "/v1/search?query=mug"):
        refused = ask(path, "viewer")
        assert (refused.status, refused.code) == (403, "role_needed_token_further")
        assert "orders" not in refused.text, "what it may not see is not named"
        assert ask(path, "steward").status != 403
    refused = ask("/v1/feedback", "viewer", body={"user": "ann", "item": "i1"})
    assert (refused.status, "orders" in refused.text) == (403, False)


def test_no_refusal_names_a_dataset_that_the_token_may_not_see(ask: Client) -> None:
    named = {"dataset": "items", "request": "of-items", "run": "none", "incident": "1", "model": "items.forest", "rows": ["none"], "by": "Ann"}
    bodies = {"releaseRows": ("rows", "by"), "rejectRows": ("rows", "by"), "undoRequest": ("by",), "recordEvent": (), "landRows": ()}
    for operation in OPERATIONS:
        path = operation.path.format(**named) + ("?item=i1&query=mug" if operation.name in ("similar", "search") else "")
        body = {name: named[name] for name in bodies[operation.name]} if operation.writes else None
        assert "orders" not in ask(path, "viewer", body=body).text, path


def test_decisions_need_the_role_on_their_dataset(shop: Path, client_of: Callable[..., Client]) -> None:
    ask, body = client_of(shop), {"rows": ["none"], "by": "Ann"}
    refused = ask("/v1/datasets/orders/reject", "steward", body=body)
    assert (refused.status, refused.code) == (403, "role_needed_token_on")
    assert ask("/v1/datasets/orders/reject", "viewer", body=body).status == 403, "it is a steward of nothing"
    refused = ask("/v1/requests/of-orders/undo", "steward", body={"by": "Ann"})
    assert (refused.status, refused.code) == (403, "role_needed_token_on"), "the role counts before the state"
    assert ask("/v1/requests/of-items/undo", "steward", body={"by": "Ann"}).status == 409, "it is not done"
    assert ask("/v1/requests", "author").json["items"][0]["request"].startswith("of-"), "nothing was filed"


def carried_out(path: Path, name: str) -> str:
    with build(path) as app:
        process_requests(app)
        request = app.store.requests.get(name)
        assert request is not None
        return request.state


def test_the_datasets_count_at_the_moment_when_a_decision_is_carried_out(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    filed = ask("/v1/datasets/orders/reject", "steward", body={"rule": PRICE, "by": "Ann"}).json["request"]
    with_items = own.read_text(encoding="utf-8").replace(WRITTEN, LIMITED).rstrip() + f"\n{SECOND}"
    own.write_text(with_items, encoding="utf-8")
    assert carried_out(own, filed) == "refused", "since then the token is a steward of items alone"


def test_a_token_may_be_a_steward_of_one_dataset_and_a_viewer_of_all(own: Path, client_of: Callable[..., Client]) -> None:
    tokens = "tokens: [{variable: V, role: viewer}, {variable: V, role: steward, datasets: [orders]}]"
    own.write_text(own.read_text(encoding="utf-8").replace(WRITTEN, tokens), encoding="utf-8")
    api = API.model_copy(update={"tokens": Api.model_validate({"tokens": {"viewer": "V"}}).tokens})
    ask = client_of(own, api=api, tokens=TOKENS)
    filed = ask("/v1/datasets/orders/reject", "viewer", body={"rule": PRICE, "by": "Ann"})
    assert filed.status == 202
    assert carried_out(own, filed.json["request"]) == "done"
