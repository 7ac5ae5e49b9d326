"""One bad arrival stays one bad arrival: it is set aside with its reason, and the others are published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from sluice import jobs
from sluice.domain import Arrival, Message, Run, Staged
from sluice.errors import BatchFailed, OutOfMemory, SourceError, StoreError, WorkerDied
from sluice.messages import make_error

AT = datetime(2026, 3, 1, tzinfo=UTC)
ARRIVALS = [Arrival("items", name, f"/landing/{name}.csv", "", 1, AT) for name in ("a", "b", "c")]


class FakeStore:
    """Publishes and records in memory."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    @contextmanager
    def lease(self, name: str) -> Iterator[str]:
        yield name

    def recover(self) -> list[Run]:
        return []

    def snapshot(self) -> Any:
        return SimpleNamespace(id="0")

    def is_known(self, arrival: Arrival, *, retry_failed: bool = False) -> bool:
        return self.states.get(arrival.id) in (("published",) if retry_failed else ("published", "failed"))

    def publish(self, lease: str, staged: Staged) -> Run:
        return self._record(staged.batch_id, "published")

    def record_failure(self, lease: str, arrival: Arrival, error: Message) -> Run:
        return self._record(arrival.id, "failed", error=error)

    def _record(self, run_id: str, state: Any, **fields: Any) -> Run:
        self.states[run_id] = state
        return Run(run_id, "items", "ingest", None, AT, state, **fields)


class FakeWorker:
    """Stages every arrival but one."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def evaluate_arrival(self, arrival: Arrival, snapshot_id: str) -> Staged:
        if arrival.id == "b" and self.error:
            raise self.error
        return Staged("items", arrival.id, "ingest", "", "")


def ingest(store: FakeStore, error: Exception | None, *, retry_failed: bool = False) -> dict[str, Run]:
    return {run.id: run for run in jobs.ingest("items", ARRIVALS, store, FakeWorker(error), retry_failed=retry_failed)}  # type: ignore[arg-type]  # fakes


ERRORS = [SourceError("x"), OutOfMemory("x"), WorkerDied("x"), make_error(BatchFailed, "batch_failed", file="b.csv", place="cleaning.parse", error="KeyError")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_arrival_that_fails_is_set_aside_and_read_again_on_request_alone(error: Exception) -> None:
    store = FakeStore()
    runs = ingest(store, error)
    assert {name: run.state for name, run in runs.items()} == {"a": "published", "b": "failed", "c": "published"}
    assert runs["b"].error
    assert ingest(store, None) == {}
    assert {name: run.state for name, run in ingest(store, None, retry_failed=True).items()} == {"b": "published"}


def test_a_store_that_refuses_is_no_fault_of_an_arrival() -> None:
    store = FakeStore()
    with pytest.raises(StoreError):
        ingest(store, StoreError("the database does not answer"))
    assert store.states == {"a": "published"}
