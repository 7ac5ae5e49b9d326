"""Record runs, and what people request and decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sluice.domain.batch import UNSCORED, Score
from sluice.domain.message import EMPTY, Message
from sluice.domain.words import GateState, RunKind, Severity


@dataclass(frozen=True, slots=True)
class Revision:
    """State what became of a batch once some of its held rows were judged again; the record of its own run stays as it was.

    Attributes:
        run: Id of the run that the rows arrived with.
        good: Rows of the batch that are published now.
        bad: Rows that are held now.
        copies: Rows that repeat another one.
        superseded: Rows in whose place another one is published.
        published: Score over all rows that were published, at first and later.
        decision: Whether its rows may be learned from; `reasons` says why not.
    """

    run: str
    good: int
    bad: int
    copies: int
    superseded: int
    published: Score
    decision: GateState
    reasons: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Record one batch, or one audit.

    Attributes:
        id: Id of the batch.
        seq: Number of the published run over all datasets; a snapshot is named by the newest that it holds.
        at: Time that the batch was judged at (`Batch.at`).
        state: intent (staged, being published), published, or failed (it could not be read or processed; `error` says why).
        decision: Whether its rows may be learned from; `reasons` says why not, and what else a person should know.
        versions: Delta version by table (clean, quarantine, repairs).
        rows: Rows of the batch; each is good, bad, a copy or superseded.
        copies: Rows that repeat a row with their key in every cell.
        superseded: Rows that arrived after the published row that stands in their place.
        replaced: Rows of earlier batches that this one supersedes.
        revision: What this run, a release or replay, makes of the run that its rows arrived with; the gate reads the newest one.
    """

    id: str
    dataset: str
    kind: RunKind
    seq: int | None
    at: datetime
    state: Literal["intent", "published", "failed"]
    uri: str = ""
    arrival: Score = UNSCORED
    published: Score = UNSCORED
    rows: int = 0
    good: int = 0
    bad: int = 0
    repaired: int = 0
    decision: GateState = "unknown"
    reasons: tuple[Message, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    basis: str = ""
    fingerprint: str = ""
    error: Message = EMPTY
    started: datetime | None = None
    finished: datetime | None = None
    copies: int = 0
    superseded: int = 0
    replaced: int = 0
    revision: Revision | None = None

    @property
    def judged(self) -> int:
        """Return the number of rows that were judged: those that repeat no published row."""
        return self.rows - self.copies - self.superseded

    @property
    def adds_rows(self) -> bool:
        """Return True where rows are published under its id: an audit publishes none, and a rebuild leaves them to the runs that they came with."""
        return self.kind not in ("audit", "rebuild")


RequestKind: TypeAlias = Literal["release", "reject", "undo", "retrain", "rollback", "refit", "override", "run"]


@dataclass(frozen=True, slots=True)
class Request:
    """Record a person's request; a job carries it out under the dataset's lease.

    Attributes:
        rows: Row ids (release, reject) or repair ids (undo); empty with a `rule`: every row held for that rule alone.
        model: Name of the registered model that a roll-back or a refit is about, such as `events.autoencoder`.
        until: End of an override of the gate.
        state: pending; taken (a worker carries it out); done or refused (`answer` says what became of it).
        taken_by: Host and process of the worker that took it.
        epoch: Fencing token of that worker's lease on the request.
    """

    id: str
    kind: RequestKind
    dataset: str
    by: str
    note: str
    at: datetime
    rows: tuple[str, ...] = ()
    rule: str | None = None
    state: Literal["pending", "taken", "done", "refused"] = "pending"
    answer: Message = EMPTY
    model: str = ""
    until: datetime | None = None
    taken_by: str = ""
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class ReferenceRule:
    """Describe a rule that holds rows until another dataset has their key.

    Attributes:
        rule: Id of the rule.
        column: Column of the rows that holds the key.
        dataset: The other dataset.
        key: Its key column.
    """

    rule: str
    column: str
    dataset: str
    key: str


@dataclass(frozen=True, slots=True)
class Rejudge:
    """Order held rows to be judged again.

    Attributes:
        kind: `release` or `replay`.
        dataset: Name of the dataset.
        batch_id: Id of the run.
        rows: Ids of the rows.
        at: Time of the run.
        waived: Ids of the rules that are not applied to them.
    """

    kind: RunKind
    dataset: str
    batch_id: str
    rows: tuple[str, ...]
    at: datetime
    waived: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Override:
    """Open a gate until `expires`, whatever the scores, on a person's responsibility."""

    dataset: str
    by: str
    reason: str
    at: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Decide whether a dataset may be learned from now, why, and from exactly which rows.

    Attributes:
        snapshot: Id of the pinned snapshot to train on; None unless open.
        runs: Ids of the open runs whose rows may be learned from.
        override: Override in force, if any.
        score: Score of the newest batch; None where it has none. Not stored.
        guarded: Share of the cells that something guards, of which the score is one (0 to 1); None where it was not measured. Not stored.
    """

    dataset: str
    state: GateState
    reasons: tuple[Message, ...]
    at: datetime
    snapshot: str | None = None
    runs: tuple[str, ...] = ()
    override: Override | None = None
    score: float | None = None
    guarded: float | None = None

    @property
    def open(self) -> bool:
        """Return True where training may start."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Incident:
    """Record a rule that keeps failing, from first seen to resolved; one open incident per dataset and rule."""

    id: int
    dataset: str
    rule: str
    severity: Severity
    message: Message
    first_seen: datetime
    last_seen: datetime
    times: int
    state: Literal["open", "acknowledged", "resolved"]


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Limit what a run, and a dataset's window of runs, may fall below or exceed.

    Attributes:
        minimum: Lowest score that the worst dimension of the published rows may have (0 to 100).
        max_quarantined: Largest share of a batch's rows that may be held.
        window: How far back training looks.
        max_closed: Largest share of the window's rows that may sit in closed runs.
        max_age: Age that the newest run may have; None: any.
        allow_untrained_detectors: Whether training may start while a detector still waits for history.
        weights: Weight of each dimension in the score; 1 unless named.
        minimum_guarded: Least share of the cells that something must guard (0 to 1); None: any.
    """

    minimum: float = 90.0
    max_quarantined: float = 0.2
    window: timedelta = timedelta(days=28)
    max_closed: float = 0.3
    max_age: timedelta | None = None
    allow_untrained_detectors: bool = True
    weights: Mapping[str, float] = field(default_factory=dict)
    minimum_guarded: float | None = None
