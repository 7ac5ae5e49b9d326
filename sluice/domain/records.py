"""What is remembered of runs, and what people asked for and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sluice.domain.batch import UNSCORED, Score
from sluice.domain.message import EMPTY, Message
from sluice.domain.words import GateState, RunKind, Severity


@dataclass(frozen=True, slots=True)
class Run:
    """The record of one batch, or of one audit.

    Attributes:
        id: The batch's id.
        seq: Counts published runs over all datasets; a snapshot is named by the newest that it holds.
        at: The time that the batch was judged at (`Batch.at`).
        state: intent (staged, being published), published, or failed (it could not be read or processed; `error` says why).
        decision: May its rows be learned from; `reasons` says why not.
        versions: Delta version by table (clean, quarantine, repairs).
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


RequestKind: TypeAlias = Literal["release", "reject", "undo", "retrain", "rollback", "refit", "override", "run"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for; a job carries it out under the dataset's lease.

    Attributes:
        rows: Row ids (release, reject) or repair ids (undo); empty with a `rule`: every row held for that rule alone.
        model: The line of models that a roll-back or a refit is about, such as `events.autoencoder`.
        until: When an override of the gate ends.
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
    state: GateState
    reasons: tuple[Message, ...]
    at: datetime
    snapshot: str | None = None
    runs: tuple[str, ...] = ()
    override: Override | None = None

    @property
    def open(self) -> bool:
        """True where training may start."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Incident:
    """What keeps failing, from first seen to resolved; one open incident a dataset and rule."""

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
    """The limits that a run, and a dataset's window of runs, must keep.

    Attributes:
        minimum: The lowest that the worst dimension of the published score may be (0 to 100).
        max_quarantined: Largest share of a batch's rows that may be held.
        window: How far back training looks.
        max_closed: Largest share of the window's rows that may sit in closed runs.
        max_age: The newest run may be no older; None where no rhythm is known.
        allow_untrained_detectors: May training start while a detector still waits for history.
        weights: Weight of each dimension in the score; 1 unless named.
    """

    minimum: float = 90.0
    max_quarantined: float = 0.2
    window: timedelta = timedelta(days=28)
    max_closed: float = 0.3
    max_age: timedelta | None = None
    allow_untrained_detectors: bool = True
    weights: Mapping[str, float] = field(default_factory=dict)
