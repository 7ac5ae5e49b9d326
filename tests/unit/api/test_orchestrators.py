"""What orchestrators read of a gate: the client of the standard library, the step of GitHub Actions, and operators of a real Airflow where there is one."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.unit.api.asking import TOKENS, Client

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "examples" / "orchestrators"
AIRFLOW, DAGSTER, PREFECT = (os.environ.get(f"SLUICE_TEST_{name}", "") for name in ("AIRFLOW", "DAGSTER", "PREFECT"))
DAG = """
import os, sys
sys.path.insert(0, os.environ["FOLDER"])
from airflow.sdk import DAG, task
from airflow_gate import SluiceGateOperator, SluiceGateSensor
options = {"url": os.environ["SLUICE_URL"], "dataset": "orders"}
with DAG("retrain", schedule=None) as dag:
    gate = SluiceGateOperator(task_id="gate", **options)
    waited = SluiceGateSensor(task_id="wait", poke_interval=1, timeout=2, deferrable=bool(os.environ["DEFER"]), **options)
    @task
    def train(snapshot):
        print("trained on snapshot", snapshot)
    gate >> waited
    train(waited.output)
if __name__ == "__main__":
    run = dag.test()
    print("STATES", {one.task_id: str(one.state) for one in run.get_task_instances()})
"""

ASSETS = """
import os
import dagster as dg
from dagster_gate import sluice_gate_check

@dg.asset
def events() -> None: ...

@dg.asset(deps=[events])
def model() -> None: ...

check = sluice_gate_check(events, url=os.environ["SLUICE_URL"], dataset="orders")
done = dg.materialize([events, model, check], instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)
(found,) = done.get_asset_check_evaluations()
print("CHECK", found.check_name, found.passed, found.metadata["state"].value)
print("MATERIALIZED", sorted(event.asset_key.to_user_string() for event in done.get_asset_materialization_events()))
"""
FLOW = """
import os
import prefect_gate
from prefect import flow

@flow
def retrain():
    gate = prefect_gate.sluice_gate.with_options(retries=1, retry_delay_seconds=0)
    print("SNAPSHOT", gate(os.environ["SLUICE_URL"], "orders"))

state = retrain(return_state=True)
print("STATE", state.type.value)
"""


@dataclass
class Served:
    """The real answers of the HTTP API over a real port; `state` may stand in place of the gate's."""

    client: Client
    state: str = ""
    url: str = ""
    paths: list[str] = field(default_factory=list)

    def answer(self, path: str, authorization: str) -> tuple[int, bytes]:
        self.paths.append(path)
        answered = self.client(path, None, authorization=authorization)
        body = answered.json
        return answered.status, json.dumps({**body, "state": self.state or body.get("state")}).encode()


@pytest.fixture
def served(shop_read: Path, client_of: Callable[..., Client]) -> Iterator[Served]:
    source = Served(client_of(shop_read))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server's name
            status, body = source.answer(self.path, self.headers["Authorization"] or "")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        source.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield source
        finally:
            server.shutdown()
            thread.join()


def environment(served: Served, **more: str) -> dict[str, str]:
    return {**os.environ, "SLUICE_API_VIEWER": TOKENS["viewer"], "SLUICE_URL": served.url, "SLUICE_DATASET": "orders", **more}


def load() -> Any:
    spec = importlib.util.spec_from_file_location("read_gate", FOLDER / "read_gate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["read_gate"] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


def test_the_client_reads_a_gate(served: Served) -> None:
    gate = load().read_gate(served.url, "orders", TOKENS["viewer"])
    assert (gate.dataset, gate.state) == ("orders", served.client("/v1/datasets/orders/gate").json["state"])
    assert served.paths == ["/v1/datasets/orders/gate"]


@pytest.mark.parametrize(("dataset", "token"), [("orders", "wrong"), ("nothing", TOKENS["viewer"]), ("../runs", TOKENS["viewer"])])
def test_what_is_no_gate_is_never_open(served: Served, dataset: str, token: str) -> None:
    module = load()
    with pytest.raises(module.GateNotAnswered):
        module.read_gate(served.url, dataset, token)
    assert module.main(["--url", "http://127.0.0.1:1", "--dataset", "orders"]) == 3
    with pytest.raises(module.GateNotAnswered):
        module.read_gate("file:///etc/hostname", dataset)


@pytest.mark.parametrize(
    ("state", "fail", "code"),
    [("open", "closed", 0), ("closed", "closed", 1), ("unknown", "closed", 3), ("closed", "unknown", 0), ("unknown", "unknown", 3), ("closed", "never", 0)],
)
def test_the_step_of_github_actions_fails_as_it_is_told_and_writes_its_outputs(served: Served, tmp_path: Path, state: str, fail: str, code: int) -> None:
    served.state = state
    action = YAML(typ="safe").load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = action["runs"]["steps"]
    inputs = {"url": served.url, "dataset": "orders", "token": TOKENS["viewer"], "fail": fail}
    assert {name: value.get("default") for name, value in action["inputs"].items()} == {"url": None, "dataset": None, "token": "", "fail": "closed"}
    variables = {name: inputs[text.removeprefix("${{ inputs.").removesuffix(" }}")] for name, text in step["env"].items()}
    files = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_ACTION_PATH": str(ROOT)}
    done = subprocess.run(
        [shutil.which("bash") or "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **variables, **files},
    )
    assert done.returncode == code, done.stderr
    outputs = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
    assert outputs["state"] == state
    assert isinstance(json.loads(outputs["reasons"]), list)
    assert f"Gate of `orders`: {state}" in (tmp_path / "summary").read_text()
    assert action["outputs"].keys() == outputs.keys()
    assert TOKENS["viewer"] not in done.stdout + done.stderr


@pytest.mark.skipif(not AIRFLOW, reason="SLUICE_TEST_AIRFLOW names no Python that has Airflow 3")
@pytest.mark.parametrize(
    ("state", "defer", "states"),
    [
        ("open", "", {"gate": "success", "wait": "success", "train": "success"}),
        ("open", "1", {"gate": "success", "wait": "success", "train": "success"}),
        ("closed", "", {"gate": "skipped", "wait": "skipped", "train": "skipped"}),
        ("unknown", "", {"gate": "failed", "wait": "upstream_failed", "train": "upstream_failed"}),
    ],
)
def test_a_real_airflow_goes_on_skips_or_fails(served: Served, tmp_path: Path, state: str, defer: str, states: dict[str, str]) -> None:
    served.state = state
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "retrain.py").write_text(DAG)
    settings = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    variables = environment(served, FOLDER=str(FOLDER), DEFER=defer, PYTHONPATH=str(FOLDER), **settings)
    subprocess.run([AIRFLOW, "-m", "airflow", "db", "migrate"], check=True, capture_output=True, env=variables)
    done = subprocess.run([AIRFLOW, str(tmp_path / "dags" / "retrain.py")], check=False, capture_output=True, text=True, env=variables)
    assert f"STATES {states}" in done.stdout or all(f"'{name}': '{one}'" in done.stdout for name, one in states.items()), (
        done.stdout[-3000:] + done.stderr[-3000:]
    )


def run_script(python: str, script: str, variables: dict[str, str], folder: Path) -> str:
    path = folder / "script.py"
    path.write_text(script)
    done = subprocess.run([python, str(path)], check=False, capture_output=True, text=True, env={**variables, "PYTHONPATH": str(FOLDER)}, cwd=folder)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.skipif(not DAGSTER, reason="SLUICE_TEST_DAGSTER names no Python that has Dagster")
@pytest.mark.parametrize(("state", "passed", "assets"), [("open", True, ["events", "model"]), ("closed", False, ["events"]), ("unknown", False, ["events"])])
def test_a_check_of_a_real_dagster_stops_what_depends_on_its_asset(served: Served, tmp_path: Path, state: str, passed: bool, assets: list[str]) -> None:
    served.state = state
    lines = run_script(DAGSTER, ASSETS, environment(served, DAGSTER_HOME=str(tmp_path), DAGSTER_DISABLE_TELEMETRY="yes"), tmp_path).splitlines()
    assert [f"CHECK sluice_gate_orders {passed} {state}", f"MATERIALIZED {assets}"] == [line for line in lines if line.startswith(("CHECK", "MATERIALIZED"))]


@pytest.mark.skipif(not PREFECT, reason="SLUICE_TEST_PREFECT names no Python that has Prefect 3")
@pytest.mark.parametrize(("state", "reads", "ends"), [("open", 1, "COMPLETED"), ("closed", 1, "FAILED"), ("unknown", 2, "FAILED")])
def test_a_task_of_a_real_prefect_reads_an_unknown_gate_again(served: Served, tmp_path: Path, state: str, reads: int, ends: str) -> None:
    served.state = state
    settings = {
        "PREFECT_HOME": str(tmp_path),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    }
    output = run_script(PREFECT, FLOW, environment(served, **settings), tmp_path)
    assert f"STATE {ends}" in output
    assert ("SNAPSHOT" in output) == (state == "open")
    assert len(served.paths) == reads
