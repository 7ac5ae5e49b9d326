"""Hand the parts of a batch to the executors of a cluster, through Spark Connect."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.domain import Answer, Encoded, Guesses, merge_summaries
from sluice.errors import EngineFailed, NotInParts
from sluice.messages import make_error
from sluice.partitions import PartLog
from sluice.ports import Exchanger
from sluice.store.drafts import Draft
from sluice.store.run_record import RunRecord
from sluice.worker.spark.messages import PartAnswer, Question, decode_answer, write_question
from sluice.worker.spark.tasks import PartJob, run_parts

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_RAISED = re.compile(r"(?:\w+\.)*[A-Z]\w+: ")  # the last line of a trace of Python
_LONGEST = 300
CONNECT_WITHIN = 60.0  # seconds
_ANSWER = "text string, frames array<binary>"


@dataclass(eq=False)
class OnSpark:
    """Run all parts of a batch on a cluster, as many at a time as its executors have places for.

    Attributes:
        job: What the parts have in common.
        parts: Number of parts.
        folder: Where what the parts are given is written.
        remote: Address of the cluster; None for the running session of Spark.
        draft: Takes the files of the parts.
        passes: Number of passes so far.
    """

    job: PartJob
    parts: int
    folder: Path
    remote: str | None
    draft: Draft
    passes: int = 0

    def run(self, settled: Sequence[Answer], guesses: Guesses) -> Iterator[PartLog]:
        """Run each part, take the files of the attempts that Spark accepts, and yield what each part asked and confirmed.

        Raises:
            EngineFailed: The cluster cannot be reached, or a task failed again and again.
        """
        self.passes += 1
        job = replace(self.job, question=self.folder / f"pass-{self.passes}.arrow")
        write_question(job.question, Question(settled, guesses))
        for answer in sorted(self._answers(job), key=lambda answer: answer.part):
            yield self._take(answer)

    @property
    def exchanger(self) -> Callable[[int | None], Exchanger]:
        """Return what hands the rows of a part to others."""
        return self.job.exchanger

    def forget(self) -> None:
        """Delete the files of the parts."""
        self.draft.forget()

    def _answers(self, job: PartJob) -> list[PartAnswer]:
        with spark_session(self.remote) as spark:
            numbers = spark.range(0, self.parts, 1, self.parts)
            rows = numbers.mapInArrow(functools.partial(run_parts, job), _ANSWER).toArrow().to_pylist()
        return [decode_answer(Encoded(row["text"], tuple(row["frames"]))) for row in rows]

    def _take(self, answer: PartAnswer) -> PartLog:
        for table, (overwrite, files) in answer.files.items():
            self.draft.files.setdefault(table, (overwrite, []))[1].extend(files)
        if answer.record is not None:
            self.draft.records.append(RunRecord.loads(answer.record))
        self.draft.profile = merge_summaries(self.draft.profile, answer.profile)
        self.draft.values = merge_summaries(self.draft.values, answer.values)
        if answer.error is not None:
            raise NotInParts(str(answer.error)) if type(answer.error).__name__ == NotInParts.__name__ else answer.error
        return answer.log


@contextmanager
def spark_session(remote: str | None) -> Iterator[SparkSession]:
    """Open a session of a cluster for the time of the context.

    Args:
        remote: Address such as `sc://host:15002`; None for the session of the program that this one runs in.

    Raises:
        EngineFailed: The cluster fails.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)  # rows cross as Arrow, never as pandas
        from pyspark.errors import PySparkException

        try:
            spark = _connect(remote)
        except EngineFailed:
            raise
        except Exception as error:  # noqa: BLE001  # grpc, Spark Connect and the classic client each raise their own
            raise _failed(error, remote) from None
        try:
            yield spark
        except PySparkException as error:
            raise _failed(error, remote) from None
        finally:
            if remote is not None:
                spark.stop()


def _connect(remote: str | None) -> SparkSession:
    """Return a session; where nothing answers, the client of Spark would try again for ten minutes."""
    from pyspark.sql import SparkSession

    if remote is None:
        from pyspark.util import is_remote_only

        if is_remote_only():  # nothing runs here that could have a session, and the client would end this process
            raise make_error(EngineFailed, "engine_without_address")
        return SparkSession.builder.getOrCreate()
    import grpc
    from pyspark.sql.connect.client import DefaultChannelBuilder

    channels = DefaultChannelBuilder(remote)
    with channels.toChannel() as channel:
        grpc.channel_ready_future(channel).result(timeout=CONNECT_WITHIN)
    return SparkSession.builder.remote(remote).create()


def _failed(error: Exception, remote: str | None) -> EngineFailed:
    """Say what failed: what a step raises is an answer, so that this is about machines, files and packages; an address holds a token behind its semicolon."""
    place = (remote or "the running session").partition(";")[0].rstrip("/")
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if _RAISED.match(line)]
    return make_error(EngineFailed, "engine_failed", remote=place, error=(raised or lines or [type(error).__name__])[-1][:_LONGEST])
