"""Rows on their way: what landed, what is judged, what a run would publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from sluice.domain.frames import FLAGS
from sluice.domain.message import EMPTY
from sluice.domain.words import Dimension, Nature, OnFail, RunKind, Severity, Status


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that landed: hashed, not yet parsed.

    Attributes:
        dataset: The dataset it belongs to.
        id: Made of dataset, path and content: 12 hexadecimal digits. It is the batch's id and, with `ingest`, the run's.
        uri: Where it is read from.
        digest: SHA-256 of its bytes; checked again before reading.
        size: Bytes.
        at: The end of the time that it covers: from the date in its name, else when it was last written.
    """

    dataset: str
    id: str
    uri: str
    digest: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows that arrived together, in the declared columns and types, with `_row_id` and `_raw`.

    Attributes:
        at: The time that the batch is judged at.
        columns: The columns that the arrival had, as it named them; None where the rows do not come from a file.
        whole: False for some rows of an arrival (a release, a replay): rules about a whole table are then skipped.
    """

    dataset: str
    id: str
    rows: pl.DataFrame
    at: datetime
    columns: tuple[str, ...] | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What one rule says of one batch.

    Attributes:
        rule: Names the rule within its dataset for ever, e.g. `expect_column_values_to_not_be_null:title`.
        nature: Which kind of judge speaks.
        status: passed and failed are judgements; not_evaluated could not run; skipped did not apply.
        failing: One Boolean a row of the batch, True where it fails; None for a rule about a whole table.
        rows: How many rows were judged (0 for a whole-table rule, which scores 1 or 0).
        failed: How many of them fail.
        columns: The columns that the rule is about.
        message: What is wrong with a row, or what was expected of the batch, as a Message; never a cell's value.
        observed: What was found, in counts and statistics, as a Message; never a cell's value.
        filter: The row condition, as written.
        fingerprint: Hash of the rule's definition.
        evidence: Frame of schema EVIDENCE for failing rows that have more to tell.
    """

    rule: str
    nature: Nature
    dimension: Dimension
    severity: Severity
    on_fail: OnFail
    status: Status
    failing: pl.Series | None = None
    rows: int = 0
    failed: int = 0
    columns: tuple[str, ...] = ()
    message: Any = EMPTY  # a Message
    observed: Any = EMPTY
    filter: str = ""
    fingerprint: str = ""
    evidence: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """A batch after the cleaners: the same rows; every changed cell is in `repairs` (schema REPAIRS).

    Attributes:
        batch: Its rows carry `_action`.
        held: Verdicts on rows that no repair can save, such as repeats (aligned with `batch`).
    """

    batch: Batch
    repairs: pl.DataFrame
    held: Sequence[Verdict] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The good rows, and the bad ones with their `_reasons`."""

    good: Batch
    bad: Batch


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100, of the whole batch and of its dimensions; None where nothing, or not all that is critical, was evaluated."""

    value: float | None
    dimensions: Mapping[str, float] = field(default_factory=dict)

    @property
    def worst(self) -> float | None:
        """The lowest dimension; None where the score is."""
        return None if self.value is None else min(self.dimensions.values(), default=None)


UNSCORED = Score(None)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """All that a run would publish; a pure value.

    Attributes:
        phases: The verdicts by phase: `arrival` before cleaning, `cleaned` after it (the cleaners' own among them), and
            `published` on the good rows alone. Both scores can be computed again from them.
        basis: The snapshot that it was judged against.
        flags: What detectors say of good rows (schema FLAGS).
    """

    kind: RunKind
    arrival: Score
    published: Score
    split: Split
    repairs: pl.DataFrame
    phases: Mapping[str, Sequence[Verdict]]
    basis: str
    flags: pl.DataFrame = field(default_factory=FLAGS.to_frame)


@dataclass(frozen=True, slots=True)
class Staged:
    """An Outcome written to fsynced files, ready to be published; small enough to cross a process boundary.

    Attributes:
        folder: Holds `clean.parquet`, `flags.parquet`, `quarantine.parquet`, `repairs.parquet` and `record.json` (scores, verdicts, counts).
        digest: SHA-256 over those files, checked before each replay.
    """

    dataset: str
    batch_id: str
    kind: RunKind
    folder: str
    digest: str
