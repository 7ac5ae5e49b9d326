"""Who is answered by the HTTP API, and what is refused: hosts, tokens, rates, lengths, bodies, exceptions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.api.access import tokens_of
from sluice.api.guard import HEADERS
from sluice.api.operations import datasets
from sluice.app import App
from sluice.config import load
from sluice.config.api import Api
from sluice.errors import ConfigError, StoreError, UsageError
from sluice.wiring import clock
from tests.unit.api.asking import API, TOKENS, Client, write_shop

LONG = "x" * 20


@pytest.mark.parametrize(
    ("api", "environment", "mistake"),
    [
        (Api(host="0.0.0.0"), {}, "can be reached from other machines"),
        (Api(tokens={"viewer": "V", "admin": "A"}), {"A": LONG}, "variable V is not set"),
        (Api(tokens={"viewer": "V"}), {"V": "secret-but-short"}, "V is no token"),
        (Api(tokens={"viewer": "V"}), {"V": "with a blank, and more"}, "V is no token"),
        (Api(tokens={"viewer": "V", "admin": "A"}), {"A": LONG, "V": LONG}, "two variables hold the same token"),
    ],
)
def test_what_could_be_read_by_anybody_is_refused_at_the_start(api: Api, environment: dict[str, str], mistake: str) -> None:
    with pytest.raises(UsageError, match=mistake) as refused:
        tokens_of(api, environment)
    assert not any(token in str(refused.value) for token in environment.values())


def test_a_service_of_this_machine_alone_needs_no_token() -> None:
    assert tokens_of(Api(), {}) == {}
    assert tokens_of(Api(host="0.0.0.0", tokens={"viewer": "V"}), {"V": LONG}) == {"V": LONG}
    several = Api.model_validate({"tokens": [{"variable": "V", "role": "viewer"}, {"variable": "V", "role": "steward", "datasets": ["a"]}]})
    assert tokens_of(several, {"V": LONG}) == {"V": LONG}


@pytest.mark.parametrize(
    ("lines", "mistake"),
    [
        ("api: {write: true}", "api.write: whoever decides over HTTP needs a role"),
        ("api: {}\ndashboard: {passwords: true}", "the HTTP API would answer everybody on this machine"),
        ("api: {port: 8501}", "the dashboard listens on port 8501"),
        ("api: {hosts: ['*']}", "api.hosts"),
        ("api: {tokens: {viewer: 'my token'}}", "api.tokens"),
        ("api: {tokens: {reader: V}}", "api.tokens: reader is no role; the roles: viewer, steward, author, admin"),
        ("api: {tokens: [{variable: V, role: viewer, datasets: [b]}]}", "api.tokens: no dataset is called b; known: a"),
        ("api: {tokens: [{variable: V}]}", "api.tokens"),
        ("unmask: admin\napi: {}", "unmask: nobody is known"),
    ],
)
def test_settings_that_do_not_fit_are_mistakes_of_the_configuration(lines: str, mistake: str, tmp_path: Path) -> None:
    path = tmp_path / "sluice.yaml"
    path.write_text(lines + "\ndatasets: {a: {source: {files: a.csv}, columns: {id: {type: string}}}}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=mistake):
        load(path)


def test_a_token_is_needed_and_each_answer_has_the_headers_of_security(ask: Client) -> None:
    for authorization in ("", "Bearer", "Bearer x", f"Basic {TOKENS['viewer']}", f"Bearer {TOKENS['viewer']}x"):
        answered = ask("/v1/datasets", None, authorization=authorization)
        assert (answered.status, answered.code, answered.headers["www-authenticate"]) == (401, "unauthorized", 'Bearer realm="sluice"')
        assert HEADERS.items() <= answered.headers.items()
    for path in ("/v1/datasets", "/none", "/healthz"):
        assert HEADERS.items() <= ask(path).headers.items()


def test_without_tokens_nobody_needs_one(shop_read: Path, client_of: Callable[..., Client]) -> None:
    assert client_of(shop_read, api=Api(), tokens={})("/v1/datasets").status == 200


def test_other_hosts_are_refused_and_those_that_are_named_are_not(shop_read: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(shop_read, api=API.model_copy(update={"hosts": ("sluice.example",)}))
    hosts = ("localhost:8600", "[::1]:8600", "Sluice.example", "sluice.example:443", "evil.example", "sluice.example.evil.example")
    assert [ask("/v1/datasets", host=host).status for host in hosts] == [200, 200, 200, 200, 421, 421]
    assert ask("/v1/datasets", host="evil.example").code == "wrong_host"


def test_requests_that_come_too_fast_are_refused_by_token(shop_read: Path, client_of: Callable[..., Client]) -> None:
    now = [0.0]
    ask = client_of(shop_read, api=API.model_copy(update={"rate": 12}), timer=lambda: now[0])
    assert [ask("/v1/datasets").status for _ in range(3)] == [200, 200, 429]
    refused = ask("/v1/datasets")
    assert (refused.code, refused.headers["retry-after"]) == ("too_many_requests", "5")
    assert ask("/v1/datasets", "steward").status == 200, "another token has its own"
    assert [ask("/v1/datasets", None).status for _ in range(3)] == [401, 401, 429], "whoever tries tokens is slowed down as well"
    now[0] = 5.0
    assert ask("/v1/datasets").status == 200


@pytest.mark.parametrize(
    "query",
    ["size=0", "size=201", "size=x", "size=1&size=2", "unknown=1", "dataset=" + "x" * 65, "dataset=a%00b", "before=99999999999", "kind=none", "before=-1"],
)
def test_parameters_that_do_not_fit_are_named(ask: Client, query: str) -> None:
    answered = ask(f"/v1/runs?{query}")
    assert (answered.status, answered.code) == (400, "invalid_parameter")
    assert answered.json["error"]["fields"][0]["name"] == query.partition("=")[0]
    assert "pydantic" not in answered.text and "should" not in answered.text


def test_paths_and_methods_that_are_not_there_are_refused_as_json(ask: Client) -> None:
    assert (ask("/v1/none").status, ask("/v1/none").code) == (404, "not_found")
    assert (ask("/v1/runs/").status, ask("/v1/datasets/" + "x" * 400).status) == (404, 400)
    assert (ask("/v1/runs", method="DELETE").status, ask("/v1/runs", method="DELETE").code) == (405, "method_not_allowed")


def test_what_fails_is_logged_and_told_without_trace_and_address(ask: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(error: Exception) -> Callable[..., object]:
        def raising(*_: object) -> object:
            raise error

        return raising

    monkeypatch.setattr(datasets, "answer_gate", fail(StoreError("the database postgresql://sluice@db.internal/sluice does not answer")))
    with caplog.at_level(logging.WARNING):
        answered = ask("/v1/datasets/orders/gate")
    assert (answered.status, answered.code, answered.headers["retry-after"]) == (503, "store_unavailable", "5")
    assert "db.internal" not in answered.text
    assert "db.internal" in caplog.text
    monkeypatch.setattr(datasets, "answer_gate", fail(ZeroDivisionError("a cell: ann@x.example")))
    answered = ask("/v1/datasets/orders/gate")
    assert (answered.status, answered.code, "ann@" in answered.text) == (500, "internal", False)
    assert "ZeroDivisionError" in caplog.text


def test_the_service_is_healthy_while_database_and_worker_are(own: Path, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    assert client_of(own)("/healthz", None).json == {"status": "ok"}
    served = client_of(own, needs_worker=True)
    assert (served("/healthz", None).status, served("/healthz", None).code) == (503, "no_worker")
    with_worker = client_of(own, needs_worker=True)
    with_worker("/healthz", None)
    assert with_worker._shop is not None
    app: App = with_worker._shop.app
    app.store.activity.heartbeat("here")
    assert with_worker("/healthz", None).status == 200
    later = clock.wall() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "wall", lambda: later)
    assert with_worker("/healthz", None).code == "no_worker"


def test_a_database_that_is_gone_makes_the_service_unhealthy(own: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(own)
    assert ask("/healthz", None).status == 200
    assert ask._shop is not None
    ask._shop.app.store.database.engine.dispose()
    for file in (own.parent / ".sluice").glob("sluice.db*"):
        file.unlink()
    (own.parent / ".sluice" / "sluice.db").mkdir()
    answered = ask("/healthz", None)
    assert (answered.status, answered.code) == (503, "store_unavailable")
    assert str(own.parent) not in answered.text


def test_an_edited_configuration_counts_and_a_wrong_one_does_not(tmp_path: Path, client_of: Callable[..., Client]) -> None:
    path = write_shop(tmp_path / "edited")
    ask = client_of(path)
    assert len(ask("/v1/datasets").json["items"]) == 1
    assert ask._shop is not None
    ask._shop._timer = lambda: 1e9
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "  items: {source: {files: i.csv}, columns: {id: {type: string}}}\n", encoding="utf-8")
    assert len(ask("/v1/datasets").json["items"]) == 2
    ask._shop._timer = lambda: 2e9
    path.write_text(text + "  items: {source: 7}\n", encoding="utf-8")
    assert len(ask("/v1/datasets").json["items"]) == 2
