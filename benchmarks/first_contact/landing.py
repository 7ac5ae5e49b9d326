"""Land files in a folder and run Sluice on them, as a person does on the first day and a schedule on the days after it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.first_contact import calendar
from benchmarks.first_contact.truth import Sheet
from sluice.app import App, build
from sluice.domain import Decision, Run
from sluice.errors import SluiceError
from sluice.store.dashboard_queries import StoredVerdict, run_verdicts
from sluice.wiring.gate import gate_of


def evening(number: int) -> datetime:
    """Return the moment after a day's end at which its files land."""
    return datetime.combine(calendar.day(number), datetime.min.time(), UTC) + timedelta(days=1, hours=2)


def land(folder: Path, sheets: Sequence[Sheet], number: int) -> None:
    """Write a day's files into the landing folder, with the time at which they came."""
    (folder / "landing").mkdir(parents=True, exist_ok=True)
    moment = evening(number).timestamp()
    for sheet in sheets:
        for name, content in {**sheet.beside, sheet.file: sheet.content()}.items():
            path = folder / "landing" / name
            path.write_bytes(content)
            os.utime(path, (moment, moment))


def sluice(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    return subprocess.run([str(Path(sys.executable).with_name("sluice")), *words], cwd=folder, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Day:
    """Hold what one day's `sluice run` did.

    Attributes:
        number: Number of the day.
        runs: Its runs.
        findings: Rule or error by run: a rule that failed or could not run, a file that could not be read.
        gates: Decision by dataset, the next morning.
        errors: What went wrong outside of a run.
    """

    number: int
    runs: Sequence[Run]
    findings: Sequence[tuple[Run, str]]
    gates: dict[str, Decision]
    errors: Sequence[str] = field(default_factory=tuple)


@contextmanager
def opened(folder: Path) -> Iterator[App]:
    """Open the application of a folder."""
    with build(folder / "sluice.yaml") as app:
        yield app


def run_day(app: App, number: int) -> Day:
    """Publish what arrived, and decide the gates of the next morning."""
    errors: list[str] = []
    runs: list[Run] = []
    try:
        runs.extend(app.run(app.pending_arrivals(on_source_error=lambda error: errors.append(str(error)))))
    except SluiceError as error:
        errors.append(f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001  # a run that ends for one batch is a result here
        errors.append(f"{type(error).__name__}: {error}")
    findings = [(run, name) for run in runs for name in _findings(app, run)]
    morning = evening(number) + timedelta(hours=6)
    gates = {name: gate_of(app.config, app.store, name, morning) for name in app.config.datasets}
    return Day(number, runs, findings, gates, errors)


def _findings(app: App, run: Run) -> list[str]:
    if run.state == "failed":
        return [f"unread: {run.error.params}"]
    return sorted({rule_name(verdict) for verdict in run_verdicts(app.store, run.id) if is_finding(verdict)})


def is_finding(verdict: StoredVerdict) -> bool:
    """Decide whether a verdict calls for a person: a rule that failed or could not run, and is more than a remark."""
    return verdict.status in ("failed", "not_evaluated") and verdict.severity != "info"


def rule_name(verdict: StoredVerdict) -> str:
    """Name the rule of a verdict."""
    return str(verdict.rule)
