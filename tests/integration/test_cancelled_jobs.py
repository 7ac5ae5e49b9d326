"""A job that a person cancels is handed back: nothing is half published, the lease is free, and the next run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import App, job_watch, process_requests
from sluice.app.job_watch import JobWatch
from sluice.cli.main import outcome
from sluice.domain import Message, Request
from sluice.errors import Cancelled

CONFIG = """
datasets:
  events:
    source: {files: "landing/*.csv"}
    key: [id]
    columns: {id: {type: string, required: true}, price: {type: number}}
    clean: [parse]
"""


@pytest.fixture
def app(tmp_path: Path, opened: Callable[[Path], App]) -> App:
    (tmp_path / "landing").mkdir()
    for day in (1, 2):
        (tmp_path / f"landing/events-2026-03-0{day}.csv").write_text("id,price\n" + "".join(f"e{day}-{row},{row}\n" for row in range(500)))
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    return opened(tmp_path / "sluice.yaml")


@pytest.fixture
def cancel_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let Ann cancel the job the first time that it is at a stage."""
    cancelled: list[str] = []

    def at(stage: str) -> None:
        noted = JobWatch.report

        def report(watch: JobWatch, what: Message, done: int, total: int | None) -> None:
            noted(watch, what, done, total)
            if what.params.get("stage") == stage and not cancelled:
                cancelled.append(stage)
                watch._records.save(watch._job)
                watch._records.cancel(watch._job.id, by="Ann", note="wrong file")

        monkeypatch.setattr(JobWatch, "report", report)
        monkeypatch.setattr(job_watch, "_LOOK", 0.0)

    return at


def states(app: App) -> list[str]:
    return [run.state for run in app.store.runs.of("events")]


def require_handed_back(app: App) -> None:
    assert app.store.leases.worker_of("events") == ""
    assert app.store.running_jobs.list_living() == []
    assert list((app.config.root / ".sluice" / "stage").glob("*/*")) == []
    assert [entry.who for entry in app.store.activity.entries() if entry.what == "cancel"] == ["Ann"]


def test_a_batch_that_is_judged_is_left_as_it_arrived(app: App, cancel_at: Callable[[str], None]) -> None:
    cancel_at("judge")
    with pytest.raises(Cancelled, match="cancelled by Ann"):
        list(app.run(app.pending_arrivals()))
    assert states(app) == []
    require_handed_back(app)
    assert [run.good for run in app.run(app.pending_arrivals())] == [500, 500]


def test_a_batch_that_is_published_is_published_whole_and_the_next_one_waits(app: App, cancel_at: Callable[[str], None]) -> None:
    cancel_at("publish")
    with pytest.raises(Cancelled):
        list(app.run(app.pending_arrivals()))
    assert states(app) == ["published"]
    require_handed_back(app)
    assert len(app.pending_arrivals()) == 1


def test_a_cancelled_request_is_answered_with_who_cancelled_it(app: App, cancel_at: Callable[[str], None]) -> None:
    cancel_at("clean")
    app.store.requests.submit(Request("q1", "run", "events", "Bo", "", app.now()))
    process_requests(app)
    (request,) = app.store.requests.all()
    assert (request.state, request.answer.code, request.answer.params) == ("refused", "job_cancelled", {"by": "Ann"})
    require_handed_back(app)


def test_an_audit_is_cancelled(app: App, cancel_at: Callable[[str], None]) -> None:
    list(app.run(app.pending_arrivals()))
    cancel_at("other")
    with pytest.raises(Cancelled):
        app.audit("events")
    assert "audit" not in [run.kind for run in app.store.runs.of("events")]
    require_handed_back(app)


def test_every_run_names_its_stages_and_the_command_line_shows_them(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(app.path)
    runs = list(app.run(app.pending_arrivals()))
    assert {"read", "cast", "compare", "judge", "clean", "profile", "write", "publish"} <= set(runs[0].stages)
    assert outcome(["runs", "show", runs[0].id, "--config", config, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [one["stage"] for one in record["stages"]] == list(runs[0].stages)
    assert outcome(["runs", "list", "--config", config]) == 0
    assert runs[1].id in capsys.readouterr().out
    assert outcome(["explain", f"{runs[0].id}.0", "--config", config]) == 0
    assert "its batch took" in capsys.readouterr().err
    assert outcome(["jobs", "list", "--config", config]) == 0
    assert "no job runs" in capsys.readouterr().err
    assert outcome(["jobs", "cancel", "ingest-0", "--by", "Ann", "--config", config]) == 2
