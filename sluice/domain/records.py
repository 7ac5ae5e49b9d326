"""Record runs, and what people request and decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sluice.domain.batch import UNSCORED, Score
from sluice.domain.corrections import CorrectedCell
from sluice.domain.marks import Mark
from sluice.domain.message import EMPTY, Message
from sluice.domain.people import Person
from sluice.domain.words import GateState, RunKind


@dataclass(frozen=True, slots=True)
class Revision:
    """State what became of a run once some of its rows were judged again, or others stand in their place; its own record stays as it was.

    Attributes:
        run: Id of that run, such as the one that the rows arrived with.
        good: Rows of the batch that are published now.
        bad: Rows that are held now.
        copies: Rows that repeat another one.
        superseded: Rows in whose place another one is published.
        published: Score over all rows that were published, at first and later.
        decision: Whether its rows may be learned from; `reasons` says why not.
        own: Rows that it published itself and that are published still; None in what earlier versions recorded: all.
    """

    run: str
    good: int
    bad: int
    copies: int
    superseded: int
    published: Score
    decision: GateState
    reasons: tuple[Message, ...] = ()
    own: int | None = None


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
        rows: Rows of the batch; each is good, bad, a copy or superseded. Of an audit, the published rows that it judged; it moves none.
        copies: Rows that repeat a row with their key in every cell.
        superseded: Rows that arrived after the published row that stands in their place.
        replaced: Rows of earlier batches that this one supersedes.
        mark: Up to where its table was read with it; None where it read none.
        size: Bytes of its file; 0 where it has none, and in what an earlier version recorded.
        revisions: What this run makes of earlier ones: first of the one whose rows it judged again, then of others whose rows it held or superseded;
            the gate reads the newest of each.
        stages: Seconds that each stage took, such as `read` and `judge`, in order; empty in what an earlier version recorded.
        configuration: Number of the version of the configuration that it was judged by; None where that is not recorded.
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
    revisions: tuple[Revision, ...] = ()
    size: int = 0
    mark: Mark | None = None
    stages: Mapping[str, float] = field(default_factory=dict)
    configuration: int | None = None

    @property
    def judged(self) -> int:
        """Return the number of rows that were judged: those that repeat no published row."""
        return self.rows - self.copies - self.superseded

    @property
    def adds_rows(self) -> bool:
        """Return True where rows are published under its id.

        An audit and the undo of a release publish none, and a rebuild and a recheck leave them to the runs that they came with.
        """
        return self.kind not in ("audit", "rebuild", "undo_release", "recheck")


RequestKind: TypeAlias = Literal[
    "release",
    "reject",
    "correct",
    "undo",
    "undo_release",
    "undo_reject",
    "undo_override",
    "undo_rollback",
    "retrain",
    "rollback",
    "refit",
    "override",
    "run",
    "suggest_rules",
    "try_rule",
    "change_rule",
    "undo_change_rule",
    "map_values",
    "undo_map_values",
    "restore_config",
    "choose_rows",
    "label",
    "undo_label",
    "import_labels",
    "find_products",
    "label_pair",
    "undo_label_pair",
    "import_pairs",
    "merge_products",
    "undo_merge_products",
    "propose",
]


@dataclass(frozen=True, slots=True)
class Request:
    """Record a person's request; a job carries it out under the dataset's lease.

    Attributes:
        rows: Row ids (release, reject, correct, label), repair ids (undo), ids of releases (undo_release), of a label (undo_label,
            undo_label_pair), of a merge (undo_merge_products) or of a trial (try_rule, change_rule, map_values); ids of products, of which the first stays
            (merge_products), or of a pair (label_pair, whose `rule` says yes or no); the number of a version of the configuration (restore_config);
            empty with a `rule`: every row held for that rule alone.
        model: Name of the registered model that a roll-back or a refit is about, such as `events.autoencoder`.
        until: End of an override of the gate.
        state: pending; taken (a worker carries it out); asked (`answer` says what it would do, and a person has to confirm it); done or refused
            (`answer` says what became of it).
        taken_by: Host and process of the worker that took it.
        epoch: Fencing token of that worker's lease on the request.
        ask: Whether it is previewed first, and waits for a confirmation where its effect is large (release, correct).
        person: Who signed in and asks; None on the command line, and where nobody signs in.
        retaken: Whether a worker took it before, and did not answer it.
    """

    id: str
    kind: RequestKind
    dataset: str
    by: str
    note: str
    at: datetime
    rows: tuple[str, ...] = ()
    rule: str | None = None
    state: Literal["pending", "taken", "asked", "done", "refused"] = "pending"
    answer: Message = EMPTY
    model: str = ""
    until: datetime | None = None
    taken_by: str = ""
    epoch: int = 0
    ask: bool = False
    person: Person | None = None
    retaken: bool = False
    approved_by: str = ""


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
        critical: Those of them that are critical for one of the rows.
        cells: Right values of some of their cells.
    """

    kind: RunKind
    dataset: str
    batch_id: str
    rows: tuple[str, ...]
    at: datetime
    waived: frozenset[str] = frozenset()
    critical: frozenset[str] = frozenset()
    cells: tuple[CorrectedCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Recheck:
    """Order published rows to be judged by rules that could not be evaluated when they were published.

    Attributes:
        dataset: Name of the dataset.
        batch_id: Id of the run that judges them.
        run: Id of the run that published them.
        rules: Ids of the rules.
        at: Time of that run, to which the rules refer.
    """

    dataset: str
    batch_id: str
    run: str
    rules: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Backfill:
    """Order the published rows of a batch to be judged by every rule of the present suite.

    Attributes:
        dataset: Name of the dataset.
        batch_id: Id of the run that judges them.
        run: Id of the run that published them.
        at: Time of that run, to which the rules refer.
    """

    dataset: str
    batch_id: str
    run: str
    at: datetime


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
        newest: Id of the run of the newest batch; None where none came. Not stored.
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
    newest: str | None = None

    @property
    def open(self) -> bool:
        """Return True where training may start."""
        return self.state == "open"


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
