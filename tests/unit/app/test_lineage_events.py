"""The OpenLineage events of a run have the form of the published schemas, and no account of a database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from sluice.app.lineage.events import Assertion, ColumnCounts, DatasetName, RunFacts, events_of
from sluice.app.lineage.facts import name_of_path, name_of_table
from sluice.domain import Column, Run

SCHEMAS = Path(__file__).parents[4] / "shared/data/openlineage"
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
RUN = Run("r1", "orders", "ingest", 4, NOW, "published", uri="/shop/orders.csv", rows=10, good=8, bad=2, repaired=3, versions={"clean": 4}, started=NOW)
FACTS = RunFacts(
    "Cups",
    replace(RUN, finished=NOW + timedelta(seconds=2)),
    DatasetName("file", "/shop/orders.csv"),
    DatasetName("s3://lake", "clean/orders"),
    DatasetName("s3://lake", "quarantine/orders"),
    (Column("id"), Column("price", "number"), Column("ip", path=("context.ip", "ip"))),
    (
        Assertion("expect_column_values_to_be_between:price", ("price",), "critical", "price is between 0 and 9", 10, 2, passed=False),
        Assertion("expect_table_row_count_to_be_between", (), "warning", "rows", 0, 0, passed=True),
    ),
    {"price": ColumnCounts(10, 1, 7)},
    {("price", "parse"): 3},
)


def validators() -> dict[str, Any]:
    """A validator for events and one for each facet, by its `_schemaURL`."""
    if not SCHEMAS.is_dir():
        pytest.skip("the schemas of OpenLineage are not here: ../shared/data/openlineage")
    jsonschema, referencing = pytest.importorskip("jsonschema"), pytest.importorskip("referencing")
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in (SCHEMAS / "OpenLineage.json", *sorted((SCHEMAS / "facets").glob("*.json")))]
    registry = referencing.Registry().with_resources([(document["$id"], referencing.Resource.from_contents(document)) for document in documents])
    formats = jsonschema.FormatChecker()
    return {document["$id"]: jsonschema.Draft202012Validator(document, registry=registry, format_checker=formats) for document in documents}


def facets_of(event: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    holders = [event["run"], event["job"], *event["inputs"], *event["outputs"]]
    return [item for holder in holders for kind in ("facets", "inputFacets", "outputFacets") for item in holder.get(kind, {}).items()]


@pytest.mark.parametrize("state", ["published", "failed"])
def test_events_and_facets_have_the_form_of_their_schemas(state: Literal["published", "failed"]) -> None:
    by_address = validators()
    events = list(events_of(replace(FACTS, run=replace(FACTS.run, state=state), error="cannot be read")))
    assert [event["eventType"] for event in events] == ["START", "COMPLETE" if state == "published" else "FAIL"]
    for event in events:
        assert [error.message for error in by_address[event["schemaURL"].partition("#")[0]].iter_errors(event)] == []
        assert facets_of(event)
        for name, facet in facets_of(event):
            assert [error.message for error in by_address[facet["_schemaURL"]].iter_errors({name: facet})] == []


def test_rules_counts_and_repairs_are_told() -> None:
    _, ended = events_of(FACTS)
    (read,) = ended["inputs"]
    first, second = read["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert (first["success"], first["column"], first["severity"], first["params"]["failed"]) == (False, "price", "error", 2)
    assert (second["success"], "column" in second, second["severity"]) == (True, False, "warn")
    assert read["inputFacets"]["dataQualityMetrics"]["columnMetrics"] == {"price": {"nullCount": 1, "distinctCount": 7, "count": 9}}
    clean, quarantine = ended["outputs"]
    lineage = clean["facets"]["columnLineage"]["fields"]
    assert [step["subtype"] for step in lineage["price"]["inputFields"][0]["transformations"]] == ["IDENTITY", "TRANSFORMATION"]
    assert lineage["price"]["inputFields"][0]["transformations"][1]["description"] == "parse: 3 cells"
    assert [one["field"] for one in lineage["ip"]["inputFields"]] == ["context.ip", "ip"]
    assert [one["outputFacets"]["outputStatistics"]["rowCount"] for one in (clean, quarantine)] == [8, 2]


def test_a_run_has_the_same_id_in_each_of_its_events_and_when_it_is_sent_again() -> None:
    ids = {event["run"]["runId"] for _ in range(2) for event in events_of(FACTS)}
    assert len(ids) == 1
    assert ids != {event["run"]["runId"] for event in events_of(replace(FACTS, run=replace(FACTS.run, id="r2")))}


@pytest.mark.parametrize(
    ("address", "table", "namespace", "name"),
    [
        ("postgresql://u:secret@db:5433/shop", "sales.orders", "postgresql://db:5433", "shop.sales.orders"),
        ("mysql+pymysql://u:secret@db/shop", "orders", "mysql://db", "shop.orders"),
        ("sqlite:////srv/shop.db", "orders", "file", "/srv/shop.db#orders"),
    ],
)
def test_names_hold_no_account(address: str, table: str, namespace: str, name: str) -> None:
    assert name_of_table(address, table) == DatasetName(namespace, name)
    assert name_of_path("s3://user:secret@lake/clean/orders") == DatasetName("s3://lake", "clean/orders")
