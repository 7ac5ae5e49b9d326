"""The description of the HTTP API, and its figures: what a generator of clients, a browser and Prometheus read."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sluice.api.routes import OPERATIONS
from sluice.app import build
from sluice.domain import Request
from tests.unit.api.asking import Client

ROOT = Path(__file__).parents[3]


def test_the_document_is_the_published_one_and_needs_no_token(ask: Client) -> None:
    answered = ask("/openapi.json", None)
    published = ROOT / "docs" / "openapi.json"
    assert answered.headers["content-type"] == "application/json"
    assert answered.json == json.loads(published.read_text(encoding="utf-8")), "run `python -m docs.reference`"
    assert answered.json["openapi"] == "3.1.0"


def test_every_reference_of_the_document_leads_somewhere_and_every_path_names_its_parameters(ask: Client) -> None:
    document = ask("/openapi.json", None).json
    names = set(document["components"]["schemas"])

    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            return {str(node["$ref"])} if "$ref" in node else {name for part in node.values() for name in references(part)}
        return {name for part in node for name in references(part)} if isinstance(node, list) else set()

    assert {reference.rpartition("/")[2] for reference in references(document)} <= names
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert all(f"{{{one['name']}}}" in path for one in operation.get("parameters", []) if one["in"] == "path")


def test_the_schemas_are_json_schema(ask: Client) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    document = ask("/openapi.json", None).json
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_page_needs_nothing_of_another_host_and_runs_no_script(ask: Client) -> None:
    answered = ask("/docs", None)
    assert "script-src" not in answered.headers["content-security-policy"] and "default-src 'none'" in answered.headers["content-security-policy"]

    class Links(HTMLParser):
        """Collect tags and addresses."""

        tags: ClassVar[set[str]] = set()
        addresses: ClassVar[set[str | None]] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            self.addresses.update(value for name, value in attrs if name in ("src", "href"))

    page = Links()
    page.feed(answered.text)
    assert not page.tags & {"script", "img", "link", "iframe"}
    assert page.addresses == {"/openapi.json"}
    assert all(f'id="{operation.name}"' in answered.text for operation in OPERATIONS)


def test_figures_are_those_of_the_shop(own: Path, client_of: Callable[..., Client]) -> None:
    with build(own) as app:
        app.store.requests.submit(Request("r1", "reject", "orders", "Ann", "spam", app.now(), rule="expect_column_values_to_be_between:price"))
        app.store.activity.heartbeat("here")
        worst = app.store.runs.page(1)[0][1].arrival.value
    answered = client_of(own)("/metrics")
    assert answered.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = {(one.name, *one.labels.values()): one.value for family in text_string_to_metric_families(answered.text) for one in family.samples}
    assert samples["sluice_gate_open", "orders"] == 1
    assert samples["sluice_held_rows", "orders"] == 3
    assert samples["sluice_score", "orders", "arrival"] == worst
    assert samples["sluice_dimension_score", "orders", "validity"] == 100
    assert samples["sluice_runs_total", "orders", "ingest", "published"] == 2
    assert [samples["sluice_rows_total", "orders", outcome] for outcome in ("published", "held", "copy", "superseded")] == [40, 3, 0, 0]
    assert samples["sluice_requests", "reject", "pending"] == 1
    assert samples["sluice_incidents", "orders", "critical"] == 2
    assert samples["sluice_run_duration_seconds", "orders"] >= 0
    assert samples["sluice_worker_heartbeat_age_seconds",] < 3600
    assert client_of(own)("/metrics", None).status == 401
