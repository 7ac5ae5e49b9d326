"""`sluice dbt`: tests of a project become rules, and what these find is what dbt reads as its run results."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.app import App
from tests.processes import start_command

DBT = os.environ.get("SLUICE_TEST_DBT", "")
CONFIG = """
clock: 2026-03-02
datasets:
  customers:
    source: {files: landing/customers-*.csv}
    columns: {id: {type: string}}
  orders:
    source: {files: landing/orders-*.csv}
    columns: {id: {type: integer}, customer: {type: string}, status: {type: string}}
"""
SCHEMA = """
version: 2
models:
  - name: customers
    columns: [{name: id, data_tests: [unique]}]
  - name: stg_orders
    columns:
      - {name: id, data_tests: [unique, not_null]}
      - {name: customer, data_tests: [{not_null: {config: {severity: warn}}}, {relationships: {arguments: {to: ref('customers'), field: id}}}]}
      - {name: status, data_tests: [{accepted_values: {arguments: {values: [paid, open]}}}]}
"""
SINGULAR = "select * from {{ ref('stg_orders') }} where id < 0"
READS = """
import sys
from dbt.artifacts.schemas.run import RunResultsArtifact
print(*sorted(f"{one.unique_id.split('.')[2]}={one.status}" for one in RunResultsArtifact.read_and_check_versions(sys.argv[1]).results), sep="\\n")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing/orders-2026-03-01.csv").write_text("id,customer,status\n1,c1,paid\n2,,open\n2,c1,lost\n")
    (tmp_path / "landing/customers-2026-03-01.csv").write_text("id\nc1\nc2\n")
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / "schema.yml").write_text(SCHEMA)
    return tmp_path


def command(shop: Path, *arguments: str) -> None:
    start_command(*arguments, "--config", str(shop / "sluice.yaml")).expect(0)


def results(shop: Path, project: Path) -> dict[str, str]:
    target = shop / "run_results.json"
    command(shop, "dbt", "export", str(project), "--map", "stg_orders=orders", "--to", str(target), "--force")
    written: dict[str, Any] = json.loads(target.read_text())
    return {result["unique_id"]: result["status"] for result in written["results"]}


EXPECTED = {
    "customers.id.unique": "pass",
    "stg_orders.id.unique": "fail",
    "stg_orders.id.not_null": "pass",
    "stg_orders.customer.not_null": "warn",
    "stg_orders.customer.relationships": "pass",
    "stg_orders.status.accepted_values": "fail",
}


def test_tests_become_rules_and_their_results_are_those_of_the_newest_batch(shop: Path, opened: Callable[[Path], App]) -> None:
    before = results(shop, shop / "schema.yml")
    assert (before.keys(), set(before.values())) == (EXPECTED.keys(), {"skipped"})
    command(shop, "dbt", "import", str(shop / "schema.yml"), "--map", "stg_orders=orders", "--write")
    text = (shop / "sluice.yaml").read_text()
    assert text.count("expect_") == len(EXPECTED)
    command(shop, "dbt", "import", str(shop / "schema.yml"), "--map", "stg_orders=orders", "--write")
    assert (shop / "sluice.yaml").read_text() == text
    command(shop, "run")
    assert results(shop, shop / "schema.yml") == EXPECTED
    (run,) = opened(shop / "sluice.yaml").store.runs.of("orders")
    assert (run.good, run.bad) == (1, 2)


def test_a_file_that_is_there_is_not_replaced_unless_it_is_forced(shop: Path) -> None:
    (shop / "mine.json").write_text("{}")
    arguments = ("dbt", "export", str(shop / "schema.yml"), "--to", str(shop / "mine.json"), "--config", str(shop / "sluice.yaml"))
    start_command(*arguments).expect(2)
    start_command("dbt", "import", str(shop / "schema.yml"), "--map", "orders", "--config", str(shop / "sluice.yaml")).expect(2)
    assert (shop / "mine.json").read_text() == "{}"


def dbt(*arguments: str, folder: Path) -> None:
    variables = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_PROFILES_DIR": str(folder)}
    done = subprocess.run([DBT, "-m", "dbt.cli.main", *arguments], check=False, capture_output=True, text=True, cwd=folder, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not DBT, reason="SLUICE_TEST_DBT names no Python that has dbt-core and dbt-duckdb")
def test_a_real_dbt_writes_the_manifest_and_reads_the_results(shop: Path) -> None:
    project = shop / "project"
    for folder in ("models", "tests"):
        (project / folder).mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    (project / "profiles.yml").write_text("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n")
    (project / "models/schema.yml").write_text(SCHEMA)
    (project / "models/customers.sql").write_text("select 'c1' as id")
    (project / "models/stg_orders.sql").write_text("select 1 as id, 'c1' as customer, 'paid' as status")
    (project / "tests/negative.sql").write_text(SINGULAR)
    dbt("parse", folder=project)
    manifest = project / "target/manifest.json"
    command(shop, "dbt", "import", str(manifest), "--map", "stg_orders=orders", "--write")
    command(shop, "run")
    exported = results(shop, manifest)
    assert sorted(exported.values()) == sorted(EXPECTED.values())
    assert all(name.startswith("test.shop.") for name in exported)
    read = subprocess.run([DBT, "-c", READS, str(shop / "run_results.json")], check=True, capture_output=True, text=True)
    assert sorted(line.split("=")[1] for line in read.stdout.split()) == sorted(EXPECTED.values())
