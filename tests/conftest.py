"""What holds for all tests, the snapshot by hand that those of all detectors share, and worker processes that serve one test after another."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest
from hypothesis import HealthCheck, settings

from sluice.domain import Artifact, Run
from sluice.errors import SluiceError
from sluice.ports import Progress, no_progress
from sluice.worker import client
from sluice.worker.process import WorkerProcess, _resident_bytes, name_main_module

name_main_module()  # some tests import Great Expectations by itself
os.environ["LANGUAGE"] = "en"  # sentences are compared in English, whatever the language of the machine
settings.register_profile("any machine", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])  # slow is not wrong
settings.register_profile("search", settings.get_profile("any machine"), derandomize=False)  # other examples at each run
settings.load_profile("any machine")
MAX_IDLE, MAX_BYTES = 3, 2**30  # workers that wait for another test, and the memory that one may take


def pytest_collection_finish() -> None:
    """Collect garbage seldom, and never among modules and eight thousand tests: each full collection would look through them for a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)


@pytest.fixture(autouse=True)
def _keep_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the main module back: Streamlit's test client leaves its page there, and a process that `multiprocessing` starts would run that page first."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@dataclass(frozen=True, eq=False)
class FakeSnapshot:
    """A snapshot that holds what it is given."""

    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    models: Mapping[str, Artifact] = field(default_factory=dict)
    run_records: Sequence[Run] = ()
    id: str = "7"

    def published(self, dataset: str) -> pl.LazyFrame:
        assert dataset
        return self.rows.lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        raise AssertionError(dataset)

    def runs(self, dataset: str) -> Sequence[Run]:
        assert dataset
        return self.run_records

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        raise AssertionError(dataset)

    def model(self, name: str) -> Artifact | None:
        return self.models.get(name)

    def without(self, batch_id: str) -> FakeSnapshot:
        raise AssertionError(batch_id)


@pytest.fixture(scope="session")
def snapshot_of() -> type[FakeSnapshot]:
    """Make a snapshot: `snapshot_of(rows, models, run_records)`."""
    return FakeSnapshot


class WarmProcess(WorkerProcess):
    """Take over the process of an earlier test, which has loaded Polars, Great Expectations and the rest: that costs more than most tests.

    A process serves one configuration after another, none of them twice, and only those with the same limit, folder and environment.
    """

    idle: ClassVar[list[WarmProcess]] = []

    def __init__(self, limit: int, terms: object = None, paths: Sequence[str] = ()) -> None:
        super().__init__(limit)
        self.terms, self.paths = terms, list(paths)

    def __call__(self, function: str, *args: Any, progress: Progress = no_progress, waiting: Callable[[], object] = bool) -> Any:
        if not self.started:
            self.terms = (self._limit, Path.cwd(), {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"})
            self.paths = []
            if spare := next((one for one in self.idle if one.terms == self.terms and args[0] not in one.paths), None):
                self.idle.remove(spare)
                self._take(spare)
        self.paths.append(args[0])
        return super().__call__(function, *args, progress=progress, waiting=waiting)

    def close(self) -> None:
        spare = WarmProcess(self._limit, self.terms)
        spare._take(self)
        if not spare._forgets():
            WorkerProcess.close(spare)
            return
        self.idle.append(spare)
        if len(self.idle) > MAX_IDLE:
            WorkerProcess.close(self.idle.pop(0))

    def _forgets(self) -> bool:
        """Close what the last configuration opened; return False where that fails, or where the process takes much memory."""
        if self._process is None or _resident_bytes(self._process.pid) > MAX_BYTES:
            return False
        try:
            return self._call("sluice.worker.session:close_session", (self.paths[-1],), no_progress, bool) is None
        except (SluiceError, RuntimeError):
            return False

    def _take(self, other: WarmProcess) -> None:
        self._process, self._pipe, self._at_start, self.paths = other._process, other._pipe, other._at_start, other.paths
        other._process = other._pipe = None


@pytest.fixture(autouse=True, scope="session")
def warm_workers() -> Iterator[None]:
    """Let the applications that tests build share worker processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "WorkerProcess", WarmProcess)
        yield
    for spare in WarmProcess.idle:
        WorkerProcess.close(spare)
