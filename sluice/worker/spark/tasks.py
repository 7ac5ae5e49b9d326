"""Evaluate parts where an executor runs: a task evaluates one, writes its rows into the lake, and answers with the names of the files.

Spark may run a task several times: after a failure, or since another attempt is slow. Each attempt writes files of its own, and only those of the
attempt whose answer Spark accepts are committed; nobody reads the others.
"""

from __future__ import annotations

import functools
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.config import Config
from sluice.domain import Batch, Outcome
from sluice.errors import StoreError
from sluice.partitions import PartLog, RecordedPart
from sluice.store.drafts import Draft
from sluice.store.lake_files import LakeFiles
from sluice.store.pinned import PinnedStore
from sluice.wiring.steps import build_steps
from sluice.worker.exchange import FolderExchange
from sluice.worker.profiling import make_evaluator
from sluice.worker.spark.messages import PartAnswer, encode_answer, read_question
from sluice.worker.spooling import load_part, require_together

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # it has none

_IDLE = 16  # sessions that wait for another part


@dataclass(frozen=True, slots=True, eq=False)
class PartJob:
    """Hold what a task must know of a pass over the parts of a batch.

    Attributes:
        id: Names the evaluation of the batch.
        config: The configuration.
        path: Path of sluice.yaml.
        store: What the steps may ask of the store.
        empty: The batch without rows.
        folder: Where the rows of the parts are.
        question: What the parts of this pass are given.
        uri: Where the batch was read from.
        together: Columns by whose values the rows are divided.
        parts: Number of parts.
        exchanged: Folder of the rows that the parts send one another.
    """

    id: str
    config: Config
    path: Path
    store: PinnedStore
    empty: Batch
    folder: Path
    question: Path
    uri: str
    together: tuple[str, ...]
    parts: int
    exchanged: Path

    def exchanger(self, part: int | None) -> FolderExchange:
        """Return what hands the rows of a part to others."""
        return FolderExchange(self.exchanged, part, self.parts, self.together)


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """Hold what the parts of a batch share that run one after the other.

    Attributes:
        evaluate: Evaluates a batch.
        files: Writes files of the lake.
    """

    evaluate: Callable[[Batch], Outcome]
    files: LakeFiles

    @classmethod
    def open(cls, job: PartJob) -> Session:
        """Build the steps, and open the lake."""
        dataset, lake = job.empty.dataset, job.store.open_lake()
        steps = build_steps(job.config, job.path, dataset).steps
        return cls(make_evaluator(job.config, dataset, steps, job.store.snapshot(lake), job.store.held_rows(lake)), LakeFiles(lake))


class _Sessions:
    """Lend each session to one task at a time: the tasks of an executor may be threads of one process, and steps remember their last frame."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Session]] = []

    @contextmanager
    def lend(self, job: PartJob) -> Iterator[Session]:
        with self._lock:
            waiting = next((pair for pair in self._idle if pair[0] == job.id), None)
            if waiting is not None:
                self._idle.remove(waiting)
            session = Session.open(job) if waiting is None else waiting[1]
        yield session
        with self._lock:
            self._idle = [*self._idle, (job.id, session)][-_IDLE:]


_SESSIONS = _Sessions()


def run_parts(job: PartJob, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Evaluate the parts whose numbers are in the batches; yield an answer for each (columns `text` and `frames`), as `mapInArrow` asks.

    Args:
        job: What the parts have in common.
        batches: Batches with one column.
    """
    import pyarrow as pa

    for batch in batches:
        for part in batch.column(0).to_pylist():
            answer = encode_answer(run_part(job, part))
            yield pa.RecordBatch.from_arrays([pa.array([answer.text]), pa.array([list(answer.frames)], pa.list_(pa.binary()))], ["text", "frames"])


def run_part(job: PartJob, part: int) -> PartAnswer:
    """Evaluate a part, and write its rows; whatever a step raises is an answer, since another attempt would raise it as well.

    Raises:
        StoreError: The lake refuses; Spark tries again.
    """
    question = read_question(job.question)
    recorded = RecordedPart(question.settled, question.guesses, len(question.settled), job.exchanger(part))
    with _SESSIONS.lend(job) as session, tempfile.TemporaryDirectory() as scratch:
        load = functools.partial(load_part, job.empty, job.folder, part)
        draft = Draft(Path(scratch), job.store.schemas[job.empty.dataset], session.files, job.uri)
        try:
            outcome = recorded.run(session.evaluate, load)
            if outcome is not None:
                require_together(outcome, job.together)
                draft.add(outcome, is_part=True)
        except (OSError, StoreError, MemoryError):
            draft.forget()
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the driver must get it
            draft.forget()
            return PartAnswer(part, PartLog((), ()), error=error)
    record = draft.records[0].dumps() if draft.records else None
    return PartAnswer(part, PartLog(recorded.own, recorded.log), draft.files, record, profile=draft.profile, values=draft.values)
