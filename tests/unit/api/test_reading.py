"""What the HTTP API answers of records: the same values as the command line's JSON, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import save

from sluice.app import build
from sluice.cli.main import outcome
from sluice.domain import Artifact, Message, ModelState, Request
from tests.unit.api.asking import Client, require_form


def test_the_gate_is_that_of_the_command_line(ask: Client, shop_read: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["gate", "orders", "--by", "test", "--config", str(shop_read), "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    answered = ask("/v1/datasets/orders/gate")
    require_form("getGate", answered)
    assert answered.json == printed
    assert answered.json["state"] == "open"


def test_an_incident_is_that_of_the_command_line(ask: Client, shop_read: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ask("/v1/incidents")
    require_form("listIncidents", listed)
    number = listed.json["items"][0]["incident"]
    outcome(["incidents", "list", "--config", str(shop_read), "--format", "json"])
    assert sorted(json.loads(capsys.readouterr().out), key=lambda item: -item["incident"]) == listed.json["items"]
    outcome(["incidents", "show", str(number), "--config", str(shop_read), "--format", "json"])
    answered = ask(f"/v1/incidents/{number}")
    require_form("getIncident", answered)
    assert answered.json == json.loads(capsys.readouterr().out)
    assert ask("/v1/incidents?dataset=orders&all=true").json["items"]
    assert ask("/v1/incidents/999").code == "not_found"


def test_datasets_name_their_columns(ask: Client) -> None:
    answered = ask("/v1/datasets")
    require_form("listDatasets", answered)
    (dataset,) = answered.json["items"]
    assert (dataset["dataset"], dataset["key"], dataset["mode"]) == ("orders", ["id"], "append")
    assert [column["column"] for column in dataset["columns"] if column["personal"]] == ["email"]
    require_form("getDataset", ask("/v1/datasets/orders"))
    assert ask("/v1/datasets/items").status == 404


def test_runs_come_page_by_page_and_each_has_its_verdicts(ask: Client) -> None:
    first = ask("/v1/runs?size=1&dataset=orders&kind=ingest&state=published")
    require_form("listRuns", first)
    (newest,) = first.json["items"]
    assert (newest["file"], newest["rows"], newest["held"]) == ("orders-2026-03-02.csv", 23, 3)
    second = ask(f"/v1/runs?size=1&before={first.json['next']}")
    assert [item["file"] for item in second.json["items"]] == ["orders-2026-03-01.csv"]
    assert second.json["next"] is None
    assert ask("/v1/runs?state=failed").json == {"items": [], "next": None}
    answered = ask(f"/v1/runs/{newest['run']}")
    require_form("getRun", answered)
    assert {key: answered.json[key] for key in newest} == newest
    failed = {verdict["rule"] for verdict in answered.json["verdicts"] if verdict["state"] == "failed"}
    assert failed == {"expect_column_values_to_be_between:price", "expect_column_values_to_match_regex:email"}
    assert ask("/v1/runs/none").status == 404


def test_requests_come_page_by_page_with_what_became_of_them(own: Path, client_of: Callable[..., Client]) -> None:
    with build(own) as app:
        filed = Request("r1", "reject", "orders", "Ann", "spam", app.now(), rule="expect_column_values_to_be_between:price")
        app.store.requests.submit(filed)
        app.store.requests.submit(replace(filed, id="r2", note=""))
        app.store.requests.finish(filed, done=False, answer=Message.text("nothing is held"))
    ask = client_of(own)
    first = ask("/v1/requests?size=1&dataset=orders")
    require_form("listRequests", first)
    assert [item["request"] for item in first.json["items"]] == ["r2"]
    second = ask(f"/v1/requests?size=1&before={first.json['next']}")
    assert [(item["request"], item["reason"], second.json["next"]) for item in second.json["items"]] == [("r1", "spam", None)]
    answered = ask("/v1/requests/r1")
    require_form("getRequest", answered)
    assert (answered.json["state"], answered.json["answer"]["text"]) == ("refused", "nothing is held")
    assert [item["request"] for item in ask("/v1/requests?state=pending").json["items"]] == ["r2"]
    assert ask("/v1/requests?before=none").code == "invalid_parameter"
    assert ask("/v1/requests/none").status == 404


def test_models_name_the_version_that_serves(own: Path, client_of: Callable[..., Client]) -> None:
    card = {"kind": "two_tower", "rows": 900, "serving": {"recall@20": 0.125, "recall@20 of new users": 0.1}}
    with build(own) as app:
        states: tuple[ModelState, ...] = ("champion", "champion", "rejected")
        for state in states:
            app.store.models.save("recommender", Artifact(save({}), card), state, at=app.now())
    ask = client_of(own)
    answered = ask("/v1/models")
    require_form("listModels", answered)
    assert [(item["model"], item["version"], item["state"], item["recall@20"]) for item in answered.json["items"]] == [("recommender", 2, "champion", 0.125)]
    first = ask("/v1/models/recommender?size=2")
    require_form("listVersions", first)
    assert [(item["version"], item["state"]) for item in first.json["items"]] == [(3, "rejected"), (2, "champion")]
    assert [item["version"] for item in ask(f"/v1/models/recommender?before={first.json['next']}").json["items"]] == [1]
    assert ask("/v1/models/none").status == 404
