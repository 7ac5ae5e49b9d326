"""`sluice schedule` prints when jobs fired and fire next, in the zone of the schedule, and who runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.app import App
from sluice.cli.main import outcome
from sluice.wiring import clock

CONFIG = """
zone: Asia/Shanghai
datasets:
  a:
    source: {files: "landing/*.csv"}
    columns: {id: {type: string}}
"""


def test_last_and_next_firings_and_the_worker_are_printed(tmp_path: Path, opened: Callable[[Path], App], capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    path = tmp_path / "sluice.yaml"
    path.write_text(CONFIG + 'schedule: {audit: "0 6 * * *"}\n')
    app, now = opened(path), clock.wall()
    fired = now - timedelta(hours=2)
    app.store.scheduled_runs.begin("audit", fired.strftime("%Y-%m-%d %H:%M"), now)
    app.store.scheduled_runs.begin("audit", fired.strftime("%Y-%m-%d %H:%M"), now)
    with app.store.lease("job.audit"):
        worker = app.store.leases.worker_of("job.audit")
        assert outcome(["schedule", "--config", str(path), "--format", "json"]) == 0
    job, vacuum = json.loads(capsys.readouterr().out)
    assert (vacuum["job"], vacuum["last"]) == ("vacuum", None)
    assert (job["job"], job["state"], job["attempts"], job["next"][10:]) == ("audit", "begun", 2, "T06:00:00+08:00")
    assert job["last"].endswith("+08:00")
    assert job["running"] == worker != ""
    assert outcome(["schedule", "--config", str(path)]) == 0
    captured = capsys.readouterr()
    assert "times are in Asia/Shanghai" in captured.err
    assert "no scheduler runs" in captured.err
    assert app.store.leases.worker_of("job.audit") == ""


def test_a_shop_whose_files_nothing_reads_is_told_what_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    assert outcome(["schedule", "--config", str(tmp_path / "sluice.yaml")]) == 0
    assert "no job reads files" in capsys.readouterr().err
