"""A schedule that is edited while `sluice serve` runs counts at once, with the application that was made anew."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from sluice.app import build
from sluice.cli.daemon import JobRunner
from sluice.cron import parse_cron

CONFIG = """
schedule: {{ingest: "{cron}"}}
datasets:
  a: {{source: {{files: "landing/*.csv"}}, columns: {{id: {{type: string}}}}}}
"""


def test_a_schedule_that_was_edited_is_put_in_place_of_the_former_one(tmp_path: Path) -> None:
    def schedule_anew(crons: Any, zone: str, *others: object) -> None:
        for cron, _ in crons.values():
            parse_cron(cron, zone)
        anew.append((crons, zone, *others))

    path, log, anew = tmp_path / "sluice.yaml", list[str](), list[Any]()
    (tmp_path / "landing").mkdir()
    path.write_text(CONFIG.format(cron="0 4 * * *"))
    runner = JobRunner(build(path), log.append, threading.Event())
    runner.schedule_anew = schedule_anew
    path.write_text(CONFIG.format(cron="0 4 * * *") + "shop: Cups\n")
    runner.job("requests")()
    assert (anew, len(log)) == ([], 1)  # its schedule is as it was
    path.write_text(CONFIG.format(cron="30 5 * * *"))
    runner.job("requests")()
    ((crons, zone, store, _, _, former),) = anew
    assert ({job: cron for job, (cron, _) in crons.items()}["ingest"], zone, "ingest" in former) == ("30 5 * * *", "UTC", True)
    assert store is runner.app.store
    path.write_text(CONFIG.format(cron="no cron"))
    runner.job("requests")()
    assert (len(anew), runner.app.config.schedule.ingest) == (1, "30 5 * * *")
    runner.app.close()
