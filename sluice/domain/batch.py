"""Hold rows on their way from an arrival to its publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from sluice.domain.frames import FLAGS, REPEATS
from sluice.domain.marks import Mark
from sluice.domain.message import EMPTY
from sluice.domain.parts import WHOLE, Part
from sluice.domain.profiles import RowSummary
from sluice.domain.value_scores import ValueTallies
from sluice.domain.words import Dimension, Nature, OnFail, RunKind, Severity, Status


@dataclass(frozen=True, slots=True)
class Arrival:
    """Describe an arrival: hashed, not yet parsed.

    Attributes:
        dataset: Name of its dataset.
        id: 12 hexadecimal digits computed from dataset, path and content; the id of the batch and, with `ingest`, of the run.
        uri: Where it is read from.
        digest: SHA-256 of its bytes; checked again before reading.
        size: Bytes.
        mark: Up to where its table was read once it is published; None where it is a file.
        at: End of the time that it covers: from the date in its name, else when it was last written.
    """

    dataset: str
    id: str
    uri: str
    digest: str
    size: int
    at: datetime
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class SameFile:
    """Name a published run whose file had the same bytes.

    Attributes:
        run: Id of the run.
        file: Name of its file.
    """

    run: str
    file: str


@dataclass(frozen=True, slots=True)
class EarlierRows:
    """Name the run that read some of the first rows of a file, before it grew.

    Attributes:
        run: Id of the run.
        first: Position of its first row that no run before read.
        end: Position after its last row that was whole.
    """

    run: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class GrownFile:
    """Say which rows of a file were read before it grew.

    Attributes:
        runs: The runs that read them, by position.
        cut: Id of the last row that they read where its line had no end yet; None where it had.
    """

    runs: tuple[EarlierRows, ...]
    cut: str | None = None

    @property
    def rows(self) -> int:
        """Return how many rows were read whole."""
        return self.runs[-1].end


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Hold rows that arrived together, in the declared columns and types, with `_row_id` and `_raw`.

    Attributes:
        at: Time that the batch is judged at.
        columns: Columns of the arrival under its own names; None where the rows do not come from a file.
        whole: False for some rows of an arrival (a release, a replay): rules about a whole table are then skipped.
        history: True for what was there when the dataset was first read, whose age says nothing.
        matched: Names in the file's header that differ from the declared ones in case or blanks alone, by declared column.
        similar: Undeclared columns of the file that may be a declared one which it lacks, under a new name, by declared column.
        footer: Lines of the file's last records that are left out as its footer.
        suppressed: Number of rows that name people who were forgotten, and have pseudonyms in place of their cells.
        rejected: Ids of rows of people who were forgotten; the batch is without them.
        same_file: The published run whose file had the same bytes, for rows without a key and for a former table; None where there is none.
        grown: Which rows of the file were read before it grew; None where none were.
        overlaps: Whether the rows of a file without a key overlap published ones; None until they are compared.
        size: Bytes of the file; 0 where the rows come from none.
        mark: Up to where its table was read once it is published; None where the rows come from no table with a watermark.
        part: What is true of all rows of the arrival, where `rows` are a part of them.
    """

    dataset: str
    id: str
    rows: pl.DataFrame
    at: datetime
    columns: tuple[str, ...] | None = None
    whole: bool = True
    history: bool = False
    matched: Mapping[str, str] = field(default_factory=dict)
    similar: Mapping[str, str] = field(default_factory=dict)
    footer: tuple[int, ...] = ()
    suppressed: int = 0
    rejected: tuple[str, ...] = ()
    same_file: SameFile | None = None
    grown: GrownFile | None = None
    overlaps: bool | None = None
    size: int = 0
    mark: Mark | None = None
    part: Part = WHOLE


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """Hold the result of one rule for one batch.

    Attributes:
        rule: Id of the rule within its dataset, for ever, e.g. `expect_column_values_to_not_be_null:title`.
        nature: Kind of judge.
        status: passed and failed are results; not_evaluated: the rule could not run, or judged nothing though it usually does; skipped: it did not
            apply.
        failing: One Boolean per row of the batch, True where it fails; None for a rule about a whole table.
        rows: Number of judged rows (0 for a whole-table rule, which scores 1 or 0).
        failed: Number of failing rows.
        columns: Columns that the rule is about.
        message: What is wrong with a row, or what was expected of the batch, as a Message; never a cell's value.
        observed: What was found, in counts and statistics, as a Message; never a cell's value.
        filter: Row condition, as written.
        fingerprint: Hash of the rule's definition.
        evidence: Frame of schema EVIDENCE with details of failing rows.
        judged: One Boolean per row of the batch, True where it was judged, or an expression that selects these rows; None for all.
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
    judged: pl.Series | pl.Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """Hold a batch after the cleaners: the same rows; every changed cell is in `repairs` (schema REPAIRS).

    Attributes:
        batch: The batch; its rows have `_action`.
        held: Verdicts on rows that cannot be repaired, such as duplicates (aligned with `batch`).
    """

    batch: Batch
    repairs: pl.DataFrame
    held: Sequence[Verdict] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Hold the good rows, and the bad ones with their `_reasons`."""

    good: Batch
    bad: Batch


@dataclass(frozen=True, slots=True)
class Score:
    """Hold a score from 0 to 100, of the whole batch and by dimension; None where nothing, or not every critical rule, was evaluated."""

    value: float | None
    dimensions: Mapping[str, float] = field(default_factory=dict)

    @property
    def worst(self) -> float | None:
        """Return the lowest dimension; None where the score is None."""
        return None if self.value is None else min(self.dimensions.values(), default=None)


UNSCORED = Score(None)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Hold everything that a run would publish; a pure value.

    Attributes:
        phases: Verdicts by phase: `arrival` before cleaning, `cleaned` after it (the cleaners' own among them), and
            `published` on the good rows alone. Both scores can be computed again from them.
        basis: Id of the snapshot that it was judged against.
        flags: Good rows that detectors flagged, or that were read in doubt (schema FLAGS).
        repeats: Rows of the batch that are neither good nor bad (schema REPEATS): copies, and rows that a published one supersedes, these with
            their cells.
        replaced: Published rows that good rows of the batch supersede (schema REPEATS).
        rechecks: Of a recheck alone: id of the run whose published rows were judged.
        tables: Of a rebuild alone: the whole new tables of the lake by name, with `_run_id`.
        remaining: By earlier run of which rows leave: what the judges say of those that it has left.
        profile: Summary of the rows that were judged, good and bad; None where none is kept.
        values: Counts of these rows by the values of some columns; None where none are kept.
        audited: Of an audit alone: number of published rows that were judged.
    """

    kind: RunKind
    arrival: Score
    published: Score
    split: Split
    repairs: pl.DataFrame
    phases: Mapping[str, Sequence[Verdict]]
    basis: str
    flags: pl.DataFrame = field(default_factory=FLAGS.to_frame)
    repeats: pl.DataFrame = field(default_factory=REPEATS.to_frame)
    replaced: pl.DataFrame = field(default_factory=REPEATS.to_frame)
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    rechecks: str = ""
    remaining: Mapping[str, Sequence[Verdict]] = field(default_factory=dict)
    profile: RowSummary | None = None
    values: ValueTallies | None = None
    audited: int = 0


@dataclass(frozen=True, slots=True)
class Staged:
    """Refer to an Outcome in fsynced files, ready to be published; small enough to cross a process boundary.

    Attributes:
        folder: Folder of `record.json` (scores, verdicts, counts, the files that lie in the lake already), and a Parquet file for each table whose
            rows are merged.
        digest: SHA-256 over its files, checked before each replay.
        stages: Seconds of each stage of the work that made it (`sluice.ports.stages`).
        configuration: Digest of the text of the configuration by which it was judged.
    """

    dataset: str
    batch_id: str
    kind: RunKind
    folder: str
    digest: str
    stages: Mapping[str, float] = field(default_factory=dict, hash=False)
    configuration: str = ""
