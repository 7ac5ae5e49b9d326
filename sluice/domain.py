"""The words of the project as frozen values: no I/O, no clock.

Frames carry reserved columns, all beginning with an underscore:

    _row_id   str    names a row for ever: "<batch id>.<position>"
    _raw      list   cells that did not cast to their declared type: structs of column and text (null where none)
    _action   str    how far a clean row can be trusted: keep, repaired, order_unknown
    _run_id   str    the run that published the row (lake only)
    _reasons  list   why a row is held (quarantine only)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import polars as pl

ROW, RAW, ACTION, RUN, REASONS = "_row_id", "_raw", "_action", "_run_id", "_reasons"
RESERVED = (ROW, RAW, ACTION, RUN, REASONS)

Severity: TypeAlias = Literal["critical", "warning", "info"]
OnFail: TypeAlias = Literal["quarantine", "repair", "flag", "block"]
Status: TypeAlias = Literal["passed", "failed", "not_evaluated", "skipped"]
Dimension: TypeAlias = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy", "volume"]
Nature: TypeAlias = Literal["schema", "expectation", "detector", "cleaner"]
Mode: TypeAlias = Literal["append", "snapshot", "upsert"]
Kind: TypeAlias = Literal["ingest", "release", "replay", "undo", "audit"]
State: TypeAlias = Literal["open", "closed", "unknown"]
Action: TypeAlias = Literal["keep", "repaired", "order_unknown"]

DIMENSIONS: tuple[Dimension, ...] = ("completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy", "volume")
WEIGHTS: Mapping[Severity, float] = {"critical": 3.0, "warning": 1.0, "info": 0.0}

RAW_TYPE = pl.List(pl.Struct({"column": pl.String, "text": pl.String}))
REASON_TYPE = pl.List(
    pl.Struct(
        {
            "name": pl.String,
            "message": pl.String,
            "columns": pl.List(pl.String),
            "severity": pl.String,
            "dimension": pl.String,
            "filter": pl.String,
            "score": pl.Float64,
            "run_id": pl.String,
            "run_time": pl.Datetime("us", "UTC"),
            "rule_fingerprint": pl.String,
        }
    )
)
REPAIRS = pl.Schema(
    {
        "repair_id": pl.String(),  # "<row id>/<column>/<step>": unique for ever
        ROW: pl.String(),
        "column": pl.String(),
        "old": pl.String(),  # as text; null where there was none
        "new": pl.String(),
        "cleaner": pl.String(),
        "confidence": pl.Float64(),
        "applied": pl.Boolean(),  # False: a Candidate, not certain enough to be applied
        "message": pl.String(),
    }
)
EVIDENCE = pl.Schema(
    {
        ROW: pl.String(),
        "columns": pl.List(pl.String()),  # the cells to blame, the worst first
        "score": pl.Float64(),  # for a detector: its p-value
        "message": pl.String(),
        "expected": pl.String(),  # the value that the rule or detector would have expected; for a repeat, the row it repeats
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """What a dataset's schema declares of one column.

    Attributes:
        name: As in the file's header.
        type: One of string, integer, number, boolean, date, timestamp.
        required: A file without it is blocked; where False, the column is filled with nulls and the lack reported.
        personal: Masked wherever people look.
        unit: The unit that numbers are kept in (`g`, `EUR`): cleaners convert other units of the same quantity to it.
    """

    name: str
    type: Literal["string", "integer", "number", "boolean", "date", "timestamp"] = "string"
    required: bool = False
    personal: bool = False
    unit: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column's cells once cast; timestamps are UTC."""
        return _DTYPES[self.type]


_DTYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Schema:
    """What a dataset is: handed to everything that reads, judges or cleans it.

    Attributes:
        dataset: Its name.
        mode: append (keys unique across batches within `window`), snapshot (each batch is the whole table) or upsert (by key).
        key: The columns that name a row; may be empty for append.
        columns: The declared columns, in order.
        time: The column that says when a row's event happened.
        window: How far back keys are looked up.
        every: The rhythm of arrivals, where one is known.
        grace: How late a batch may be before it counts as missing.
    """

    dataset: str
    mode: Mode = "append"
    key: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    time: str | None = None
    window: timedelta = timedelta(days=28)
    every: timedelta | None = None
    grace: timedelta = timedelta(0)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the declared columns."""
        return tuple(column.name for column in self.columns)

    @property
    def dtypes(self) -> pl.Schema:
        """The declared columns with their Polars types."""
        return pl.Schema({column.name: column.dtype for column in self.columns})


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
        message: What is expected, in words; never a cell's value.
        observed: What was found instead, in counts and statistics; never a cell's value.
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
    message: str = ""
    observed: str = ""
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


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """All that a run would publish; a pure value.

    Attributes:
        phases: The verdicts by phase: `arrival` before cleaning, `cleaned` after it (the cleaners' own among them), and
            `published` on the good rows alone. Both scores can be computed again from them.
        basis: The snapshot that it was judged against.
    """

    kind: Kind
    arrival: Score
    published: Score
    split: Split
    repairs: pl.DataFrame
    phases: Mapping[str, Sequence[Verdict]]
    basis: str


@dataclass(frozen=True, slots=True)
class Staged:
    """An Outcome written to fsynced files, ready to be published; small enough to cross a process boundary.

    Attributes:
        folder: Holds `clean.parquet`, `quarantine.parquet`, `repairs.parquet` and `record.json` (scores, verdicts, counts).
        digest: SHA-256 over those files, checked before each replay.
    """

    dataset: str
    batch_id: str
    kind: Kind
    folder: str
    digest: str


@dataclass(frozen=True, slots=True)
class Run:
    """The record of one batch, or of one audit.

    Attributes:
        id: The batch's id.
        seq: Counts published runs over all datasets; a snapshot is named by the newest that it holds.
        at: The time that the batch was judged at (`Batch.at`).
        state: intent (staged, being published), published, or set_aside (could not be read; `error` says why).
        decision: May its rows be learned from; `reasons` says why not.
        versions: Delta version by table (clean, quarantine, repairs).
    """

    id: str
    dataset: str
    kind: Kind
    seq: int | None
    at: datetime
    state: Literal["intent", "published", "set_aside"]
    uri: str = ""
    arrival: Score = Score(None)
    published: Score = Score(None)
    rows: int = 0
    good: int = 0
    bad: int = 0
    repaired: int = 0
    decision: State = "unknown"
    reasons: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    basis: str = ""
    fingerprint: str = ""
    error: str = ""
    started: datetime | None = None
    finished: datetime | None = None


RequestKind: TypeAlias = Literal["release", "reject", "undo", "retrain", "run"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for; a job carries it out under the dataset's claim.

    Attributes:
        rows: Row ids (release, reject) or repair ids (undo); empty with a `rule`: every row held for that rule alone.
    """

    id: str
    kind: RequestKind
    dataset: str
    by: str
    note: str
    at: datetime
    rows: tuple[str, ...] = ()
    rule: str | None = None
    state: Literal["pending", "done", "refused"] = "pending"
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word that a gate counts as open until `expires`, whatever the scores say."""

    dataset: str
    by: str
    reason: str
    at: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a dataset may be learned from now, why, and from exactly which rows.

    Attributes:
        snapshot: The pinned snapshot to train on; None unless open.
        runs: The ids of the open runs whose rows may be learned from.
        override: Who set the gate aside, where somebody did.
    """

    dataset: str
    state: State
    reasons: tuple[str, ...]
    at: datetime
    snapshot: str | None = None
    runs: tuple[str, ...] = ()
    override: Override | None = None

    @property
    def open(self) -> bool:
        """True where training may start."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a Trainer learned: safetensors bytes, and a card of what it learned from and how well it does.

    Attributes:
        card: JSON-serialisable: `kind`, `basis` (snapshot), `runs` (each with its score), `metrics`, `rows`, settings, seed.
    """

    tensors: bytes
    card: Mapping[str, object]


ModelState: TypeAlias = Literal["evaluating", "rejected", "blessed", "champion", "retired", "rolled_back"]


@dataclass(frozen=True, slots=True)
class Model:
    """One kept version of what a Trainer learned; versions of a name count from 1."""

    name: str
    version: int
    state: ModelState
    digest: str
    card: Mapping[str, object]
    at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """What keeps failing, from first seen to resolved; one open incident a dataset and rule."""

    id: int
    dataset: str
    rule: str
    severity: Severity
    message: str
    first_seen: datetime
    last_seen: datetime
    times: int
    state: Literal["open", "acknowledged", "resolved"]


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """The limits that a run, and a dataset's window of runs, must keep.

    Attributes:
        minimum: The lowest that the worst dimension of the published score may be (0 to 100).
        max_quarantined: Largest share of a batch's rows that may be held.
        window: How far back training looks.
        max_closed: Largest share of the window's rows that may sit in closed runs.
        max_age: The newest run may be no older; None where no rhythm is known.
        allow_warming: May training start while a detector still waits for history.
        weights: Weight of each dimension in the score; 1 unless named.
    """

    minimum: float = 90.0
    max_quarantined: float = 0.2
    window: timedelta = timedelta(days=28)
    max_closed: float = 0.3
    max_age: timedelta | None = None
    allow_warming: bool = True
    weights: Mapping[str, float] = field(default_factory=dict)
