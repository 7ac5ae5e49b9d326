"""Write what driver and executors tell each other, as JSON and Arrow: neither reads a pickle from the other's files or answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from checks.polars_core.merging import Unfinished
from sluice.domain import Answer, Column, ColumnTally, Encoded, Greatest, Guesses, Least, Rows, RowSummary, Tally, ValueTallies, decode, encode
from sluice.partitions import Entry, PartLog
from sluice.store.changed_files import LakeFile
from sluice.store.lake_tables import Table
from sluice.worker.profiling.columns import ColumnSummary
from sluice.worker.profiling.limits import Limits
from sluice.worker.profiling.measures import Measure
from sluice.worker.profiling.rows import RowsSummary
from sluice.worker.profiling.tallies import Distinct


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Hold what each part of a pass is given.

    Attributes:
        settled: Answers to the first questions.
        guesses: Guesses of later ones.
    """

    settled: Sequence[Answer]
    guesses: Guesses


@dataclass(frozen=True, slots=True, eq=False)
class PartAnswer:
    """Hold what a task answers.

    Attributes:
        part: Number of the part.
        log: What it asked and confirmed.
        files: By table, the files that it wrote, and whether they replace the table's rows.
        record: Record of its outcome, as JSON text; None where it has none.
        error: What a step raised.
        profile: Summary of its rows; None where none is kept.
        values: Counts of its rows by the values of some columns; None where none are kept.
    """

    part: int
    log: PartLog
    files: Mapping[Table, tuple[bool, Sequence[LakeFile]]] = field(default_factory=dict)
    record: str | None = None
    error: Exception | None = None
    profile: RowSummary | None = None
    values: ValueTallies | None = None


_PROFILE_CLASSES = (Column, ColumnSummary, Distinct, Limits, Measure, RowsSummary)
_VALUE_CLASSES = (ColumnTally, ValueTallies)
_CLASSES = (Answer, Entry, Greatest, Guesses, LakeFile, Least, PartAnswer, PartLog, Question, Rows, Tally, Unfinished, *_PROFILE_CLASSES, *_VALUE_CLASSES)


def encode_question(question: Question) -> Encoded:
    """Encode what the parts of a pass are given."""
    return encode(question)


def decode_question(encoded: Encoded) -> Question:
    """Return what the parts of a pass are given."""
    question: Question = decode(encoded, _CLASSES)
    return question


def write_question(path: Path, question: Question) -> None:
    """Write what the parts of a pass are given into a file."""
    encoded = encode_question(question)
    pl.DataFrame({"text": [encoded.text], "frames": [list(encoded.frames)]}, schema={"text": pl.String, "frames": pl.List(pl.Binary)}).write_ipc(path)


def read_question(path: Path) -> Question:
    """Read what the parts of a pass are given."""
    ((text, frames),) = pl.read_ipc(path).rows()
    return decode_question(Encoded(text, tuple(frames)))


def encode_answer(answer: PartAnswer) -> Encoded:
    """Encode an answer."""
    return encode(answer)


def decode_answer(encoded: Encoded) -> PartAnswer:
    """Return an answer that was encoded."""
    answer: PartAnswer = decode(encoded, _CLASSES)
    return answer
