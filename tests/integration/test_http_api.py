"""The HTTP API of `sluice serve` as other systems reach it: a process of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sluice.app import build
from sluice.app.gate_answers import answer_gate
from sluice.messages.plain import to_json
from tests.patience import PATIENCE

TOKEN, STEWARD, OTHER = "a-token-of-the-viewer-0123456789", "a-token-of-the-steward-0123456789", "a-token-of-the-other-0123456789"
CONFIG = """
database: {url}
clock: 2026-03-03
api:
  port: {port}
  tokens:
    - {{variable: V, role: viewer}}
    - {{variable: S, role: viewer}}
    - {{variable: S, role: steward, datasets: [orders]}}
    - {{variable: O, role: steward, datasets: [items]}}
  write: true
dashboard: {{port: {pages}}}
datasets:
  orders:
    source: {{files: "landing/*.csv"}}
    key: [id]
    columns: {{id: {{type: string}}, price: {{type: number}}}}
    suite: [expect_column_values_to_be_between: {{column: price, min_value: 0, severity: critical}}]
  items: {{source: {{files: "items/*.csv"}}, columns: {{id: {{type: string}}}}}}
"""


@contextmanager
def serving(config: Path, name: str = "serve") -> Iterator[subprocess.Popen[bytes]]:
    """`sluice serve`, or another command, in a process group of its own."""
    command = [sys.executable, "-c", "from sluice.cli import main; main()", name, "--config", str(config)]
    environment = {**os.environ, "V": TOKEN, "S": STEWARD, "O": OTHER}
    with (
        config.with_name("serve.log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True) as server,
    ):
        try:
            yield server
        finally:
            if server.poll() is None:
                server.kill()


def get(port: int, path: str, token: str = TOKEN, body: object = None, key: str = "") -> tuple[int, Any]:
    """Status and body of an answer; status 0 where nobody answers."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", None if body is None else json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answered:
            return answered.status, json.loads(answered.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except (urllib.error.URLError, ConnectionError):
        return 0, None


@pytest.mark.slow
def test_other_systems_read_the_gate_of_a_served_shop_and_decide_on_its_rows(url: str, tmp_path: Path, port: int) -> None:
    config = tmp_path / "sluice.yaml"
    config.write_text(CONFIG.format(url=url, port=port, pages=port + 1 if port < 65535 else port - 1))
    for folder in ("landing", "items"):
        (tmp_path / folder).mkdir()
    (tmp_path / "landing" / "orders-2026-03-02.csv").write_text("id,price\na,1\nb,2\nc,-3\n")
    with build(config) as app:
        list(app.run(app.pending_arrivals()))
        expected = json.loads(json.dumps(answer_gate(app, "orders").facts(), default=to_json))
    with serving(config) as server:
        until = time.monotonic() + PATIENCE
        while get(port, "/healthz")[0] != 200 and time.monotonic() < until and server.poll() is None:
            time.sleep(0.2)
        assert get(port, "/healthz", token="") == (200, {"status": "ok"})
        assert get(port, "/v1/datasets/orders/gate") == (200, expected)
        assert get(port, "/v1/datasets/orders/gate", token="wrong")[0] == 401
        assert [item["held"] for item in get(port, "/v1/runs")[1]["items"]] == [1]
        decision = {"rule": "expect_column_values_to_be_between:price", "by": "Ann"}
        assert get(port, "/v1/datasets/orders/reject", body=decision)[0] == 403
        assert get(port, "/v1/datasets/orders/reject", OTHER, decision)[0] == get(port, "/v1/datasets/orders/gate", OTHER)[0] == 404
        for path, names in (("datasets", ["items"]), ("runs", []), ("incidents", []), ("requests", [])):
            assert [item["dataset"] for item in get(port, f"/v1/{path}", OTHER)[1]["items"]] == names
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda _: get(port, "/v1/datasets/orders/reject", STEWARD, decision, key="k1"), range(4)))
        assert {status for status, _ in answers} <= {202, 409}
        status, filed = get(port, "/v1/datasets/orders/reject", STEWARD, decision, key="k1")
        assert status == 202
        assert [item["request"] for item in get(port, "/v1/requests")[1]["items"]] == [filed["request"]]
        until = time.monotonic() + PATIENCE
        while get(port, filed["href"])[1]["state"] != "done" and time.monotonic() < until:
            time.sleep(0.2)
        assert get(port, "/v1/datasets/orders/quarantine?state=rejected")[1]["rows"] == 1
        os.killpg(server.pid, signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    until = time.monotonic() + PATIENCE
    while get(port, "/healthz")[0] and time.monotonic() < until:
        time.sleep(0.2)
    assert get(port, "/healthz")[0] == 0, "nothing is left of it"
    log = config.with_name("serve.log").read_text()
    assert TOKEN not in log and STEWARD not in log and "Traceback" not in log


def test_a_service_that_is_told_to_end_closes_its_shop(tmp_path: Path, port: int) -> None:
    config = tmp_path / "sluice.yaml"
    config.write_text(CONFIG.format(url=f"sqlite:///{tmp_path}/records.db", port=port, pages=port + 1 if port < 65535 else port - 1))
    with serving(config, "api") as server:
        until = time.monotonic() + PATIENCE
        while get(port, "/healthz")[0] != 200 and time.monotonic() < until and server.poll() is None:
            time.sleep(0.2)
        server.terminate()
        assert server.wait(PATIENCE) == 0, "what waits to be logged is written; a signal that ends the process would leave it"
