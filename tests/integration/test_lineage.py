"""Each run is told of at a receiver of OpenLineage: in order, again after it was away, and never to the harm of a run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from sluice.app import App
from sluice.app.doctor import examine
from sluice.app.lineage import deliver_lineage
from sluice.cli.daemon import JobRunner
from sluice.cli.main import outcome
from sluice.errors import NotDelivered, UsageError

CONFIG = """
shop: Cups
database: "{url}"
lineage: {{url: "http://127.0.0.1:{port}", token: LINEAGE_TOKEN}}
datasets:
  orders:
    source: {{files: "landing/*.csv"}}
    key: [id]
    columns: {{id: {{type: string}}, price: {{type: number}}}}
    suite:
    - expect_column_values_to_be_between: {{column: price, min_value: 0}}
    clean: [parse]
"""


@dataclass
class Receiver:
    """A server that takes events, or answers with another status."""

    status: int = 201
    events: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    port: int = 0

    @contextmanager
    def listen(self) -> Iterator[None]:
        receiver = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # http.server's name
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if receiver.status < 300:
                    receiver.events.append(event)
                receiver.tokens.add(f"{self.path} {self.headers['Authorization']}")
                self.send_response(receiver.status)
                self.send_header("Location", f"http://127.0.0.1:{receiver.port}/other")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", self.port), Hook) as server:
            self.port = server.server_port
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    monkeypatch.setenv("LINEAGE_TOKEN", "a-token-of-the-receiver")
    return Receiver()


@pytest.fixture
def shop(tmp_path: Path, url: str, receiver: Receiver) -> Path:
    """A shop whose receiver has a port; gives its sluice.yaml."""
    (tmp_path / "landing").mkdir()
    with receiver.listen():  # takes a port, and gives it back
        (tmp_path / "sluice.yaml").write_text(CONFIG.format(url=url, port=receiver.port))
    return tmp_path / "sluice.yaml"


def land(shop: Path, day: int, rows: str = "a,5\nb,-1\nc,6 EUR\n") -> None:
    (shop.parent / "landing" / f"orders-2026-03-0{day}.csv").write_text("id,price\n" + rows.replace("a,", f"a{day},").replace("c,", f"c{day},"))


def run(shop: Path) -> int:
    return outcome(["run", "--config", str(shop)])


def events_at(receiver: Receiver) -> list[tuple[str, str]]:
    return [(Path(event["inputs"][0]["name"]).name, event["eventType"]) for event in receiver.events]


def test_a_run_is_told_of_with_its_rules_and_repairs(shop: Path, receiver: Receiver) -> None:
    with receiver.listen():
        land(shop, 1)
        assert run(shop) == 0
        started, ended = receiver.events
    assert receiver.tokens == {"/api/v1/lineage Bearer a-token-of-the-receiver"}
    assert (started["eventType"], ended["eventType"], ended["job"]["name"], ended["job"]["namespace"]) == ("START", "COMPLETE", "ingest.orders", "Cups")
    (read,) = ended["inputs"]
    failed = {one["name"]: one["params"]["failed"] for one in read["inputFacets"]["dataQualityAssertions"]["assertions"] if not one["success"]}
    assert failed["expect_column_values_to_be_between:price"] == 1
    clean, quarantine = ended["outputs"]
    assert clean["outputFacets"]["outputStatistics"]["rowCount"] + quarantine["outputFacets"]["outputStatistics"]["rowCount"] == 3
    assert "6 EUR" not in json.dumps(ended)


def test_a_receiver_that_is_away_stops_no_run_and_gets_all_later(shop: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    for day in (1, 2):
        land(shop, day)
        assert run(shop) == 0
    assert "2 runs wait and are sent later" in capsys.readouterr().err
    with receiver.listen():
        for status in (503, 302, 401):
            receiver.status = status
            assert run(shop) == 0
        receiver.status = 201
        land(shop, 3)
        assert run(shop) == 0
    names = [f"orders-2026-03-0{day}.csv" for day in (1, 2, 3)]
    assert events_at(receiver) == [(name, kind) for name in names for kind in ("START", "COMPLETE")]
    assert "/other" not in "".join(receiver.tokens), "no redirect is followed"


def test_an_event_that_is_refused_for_good_does_not_keep_the_others(shop: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    with receiver.listen():
        receiver.status = 422
        land(shop, 1)
        assert run(shop) == 0
        assert "refuses the event COMPLETE" in caplog.text
        receiver.status = 201
        land(shop, 2)
        assert run(shop) == 0
    assert events_at(receiver) == [("orders-2026-03-02.csv", "START"), ("orders-2026-03-02.csv", "COMPLETE")]


def test_a_file_that_cannot_be_read_is_a_run_that_failed(shop: Path, receiver: Receiver) -> None:
    with receiver.listen():
        land(shop, 1, rows="a,5,7,8\n")
        assert run(shop) == 1
    assert [kind for _, kind in events_at(receiver)] == ["START", "FAIL"]
    assert receiver.events[1]["run"]["facets"]["errorMessage"]["message"]


def test_runs_from_before_the_setting_are_not_told_of(shop: Path, receiver: Receiver, opened: Callable[[Path], App]) -> None:
    setting = next(line for line in shop.read_text().splitlines() if line.startswith("lineage"))
    text = shop.read_text()
    shop.write_text(text.replace(setting, ""))
    land(shop, 1)
    assert run(shop) == 0
    shop.write_text(text)
    with receiver.listen():
        assert deliver_lineage(opened(shop)) == 0
        land(shop, 2)
        assert run(shop) == 0
    assert {name for name, _ in events_at(receiver)} == {"orders-2026-03-02.csv"}


def test_a_token_that_is_not_set_is_named(shop: Path, opened: Callable[[Path], App], monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(shop)
    land(shop, 1)
    list(app.run(app.pending_arrivals()))
    with pytest.raises(NotDelivered):
        deliver_lineage(app)
    monkeypatch.delenv("LINEAGE_TOKEN")
    with pytest.raises(UsageError, match="LINEAGE_TOKEN"):
        deliver_lineage(app)


def test_the_doctor_counts_the_runs_that_wait(tmp_path: Path, receiver: Receiver) -> None:
    (tmp_path / "landing").mkdir()
    shop = tmp_path / "sluice.yaml"
    shop.write_text(CONFIG.format(url="sqlite:///.sluice/sluice.db", port=1))
    land(shop, 1)
    assert run(shop) == 0
    finding = next(one for one in examine(shop) if one.subject == "lineage")
    assert (finding.state, finding.message.params["runs"]) == ("warning", 1)


def test_a_receiver_that_stays_away_is_reported_once(tmp_path: Path, opened: Callable[[Path], App], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEAGE_TOKEN", "secret")
    (tmp_path / "landing").mkdir()
    shop = tmp_path / "sluice.yaml"
    shop.write_text(CONFIG.format(url="sqlite:///.sluice/sluice.db", port=1))
    land(shop, 1)
    assert run(shop) == 0
    lines: list[str] = []
    jobs = JobRunner(opened(shop), lines.append, threading.Event())
    for _ in range(9):  # some of these turns leave the receiver alone
        try:
            jobs.lineage()
        except NotDelivered as error:
            jobs.ended("lineage", error)
        else:
            jobs.ended("lineage", None)
    assert [line.partition(" (")[0] for line in lines] == ["lineage: http://127.0.0.1:1 does not take lineage events"]
