"""Record an outcome as counts, scores and verdicts, without rows and masks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import polars as pl

from sluice.domain import (
    MAX_SHRINK,
    ROW,
    STATE,
    GatePolicy,
    GateState,
    Layout,
    Mark,
    Message,
    Outcome,
    RowSummary,
    Run,
    RunKind,
    Score,
    ValueTallies,
    Verdict,
    canonical,
    original,
)
from sluice.rules import decide
from sluice.rules.released_cells import count_uncast, empty_notes
from sluice.rules.value_scores import score_values

_FACTS = ("rule", "nature", "dimension", "severity", "on_fail", "status", "rows", "failed", "columns", "message", "observed", "filter", "fingerprint")
_ROW_COUNTS = ("good", "bad", "repaired", "copies", "superseded", "replaced")
_MESSAGES = ("message", "observed")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Hold an outcome without its rows.

    Attributes:
        verdicts: By phase, each verdict's facts under the names of `Verdict`.
        copies: Rows that repeat another row in every cell.
        superseded: Rows in whose place an earlier row is published.
        replaced: Rows of earlier batches that this one supersedes.
        layout: Layout of the dataset that it was judged in, as JSON; None in what was staged before layouts were recorded.
        rechecks: Of a recheck, id of the run whose published rows were judged.
        files: By table, the files of the lake that hold its rows (`files`, each under the names of `LakeFile`), and whether they replace the table's
            rows (`overwrite`); the rows of other tables are staged.
        remaining: By earlier run of which rows leave, the facts of the verdicts on those that it has left.
        value_scores: Scores by the values of some columns, under the names of `ValueScore`.
        profile: Profile of each column (`column`, `type`, `counts`, `cells`), in the order of the declaration.
        size: Bytes of the file that it was read from.
        mark: Up to where its table was read, as JSON; None where it read none.
        audited: Of an audit, the published rows that were judged; 0 in what an earlier version staged.
        rejected: Ids of rows that came and are nowhere stored, since they are of people who were forgotten.
        fingerprint: Hash over the fingerprints of all rules that judged, so that runs of the same set of rules share it.
    """

    dataset: str
    batch_id: str
    kind: RunKind
    at: datetime
    uri: str
    basis: str
    arrival: Score
    published: Score
    good: int
    bad: int
    repaired: int
    verdicts: dict[str, list[dict[str, Any]]]
    fingerprint: str
    copies: int = 0  # what was staged before there were copies has none
    superseded: int = 0
    replaced: int = 0
    layout: dict[str, Any] | None = None
    rechecks: str = ""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    remaining: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    profile: list[dict[str, Any]] = field(default_factory=list)
    value_scores: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0
    mark: dict[str, Any] | None = None
    rejected: list[str] = field(default_factory=list)
    audited: int = 0
    empty: dict[str, int] = field(default_factory=dict)  # of a release, the rows with an empty cell whose text does not cast, by column

    @classmethod
    def of(cls, outcome: Outcome, uri: str, layout: Layout | None = None) -> RunRecord:
        """Return the record of an outcome; `repaired` counts the rows with an applied repair."""
        batch = outcome.split.good
        verdicts = {phase: [verdict_facts(verdict) for verdict in verdicts] for phase, verdicts in outcome.phases.items()}
        repairs, repeats = outcome.repairs, outcome.repeats
        copies = int((repeats[STATE] == "copy").sum())
        return cls(
            batch.dataset,
            batch.id,
            outcome.kind,
            batch.at,
            uri,
            outcome.basis,
            outcome.arrival,
            outcome.published,
            batch.rows.height,
            outcome.split.bad.rows.height,
            repairs.filter(pl.col("applied"))[ROW].n_unique() if repairs.height else 0,
            verdicts,
            _fingerprint(verdicts),
            copies,
            repeats.height - copies,
            outcome.replaced.height,
            layout.to_json() if layout else None,
            outcome.rechecks,
            remaining={run: [verdict_facts(verdict) for verdict in verdicts] for run, verdicts in outcome.remaining.items()},
            size=batch.size,
            mark=batch.mark.to_json() if batch.mark else None,
            rejected=list(batch.rejected),
            audited=outcome.audited,
            empty=dict(count_uncast(batch.rows.lazy())) if outcome.kind == "release" else {},
        )

    def with_profile(self, summary: RowSummary | None) -> RunRecord:
        """Return the record with the profiles of a summary of its rows; without one, with none."""
        columns = summary.columns() if summary else ()
        return replace(self, profile=[{"column": one.column, "type": one.type, "counts": one.counts(), "cells": one.values()} for one in columns])

    def with_value_scores(self, tallies: ValueTallies | None, arrived: Sequence[Verdict]) -> RunRecord:
        """Return the record with the scores by value of its rows; without their counts, with none.

        Args:
            tallies: Counts of the rows.
            arrived: Verdicts on the batch as it arrived.
        """
        return replace(self, value_scores=[asdict(one) for one in score_values(tallies, arrived)] if tallies else [])

    def with_rows_of(self, parts: Sequence[RunRecord]) -> RunRecord:
        """Return the record with the numbers of rows of all parts of the outcome."""
        return replace(self, **{name: sum(getattr(part, name) for part in parts) for name in _ROW_COUNTS})

    def facts(self, *phases: str) -> list[dict[str, Any]]:
        """Return the verdicts of some phases."""
        return [facts for phase in phases for facts in self.verdicts.get(phase, ())]

    def run(self, state: Literal["intent", "published"]) -> Run:
        """Return the run that this records, not yet decided."""
        return Run(
            self.batch_id,
            self.dataset,
            self.kind,
            None,
            self.at,
            state,
            uri=self.uri,
            arrival=self.arrival,
            published=self.published,
            rows=self.audited or self.good + self.bad + self.copies + self.superseded + len(self.rejected),
            good=self.good,
            bad=self.bad,
            repaired=self.repaired,
            basis=self.basis,
            fingerprint=self.fingerprint,
            copies=self.copies,
            superseded=self.superseded,
            replaced=self.replaced,
            size=self.size,
            mark=Mark.from_json(self.mark) if self.mark else None,
        )

    def dumps(self) -> str:
        """Return the record as JSON."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, ensure_ascii=False, default=dict)

    @classmethod
    def loads(cls, text: str) -> RunRecord:
        """Return the record of JSON text; rules under their present names."""
        fields = json.loads(text)
        verdicts = {phase: [{**facts, "rule": canonical(facts["rule"])} for facts in verdicts] for phase, verdicts in fields["verdicts"].items()}
        scores = {name: Score(**fields[name]) for name in ("arrival", "published")}
        return cls(**{**fields, **scores, "verdicts": verdicts, "at": datetime.fromisoformat(fields["at"])})


def verdict_facts(verdict: Verdict) -> dict[str, Any]:
    """Return what is stored of a verdict; its messages as JSON text."""
    facts = {name: getattr(verdict, name) for name in _FACTS}
    return facts | {name: Message.from_json(facts[name]).dumps() for name in _MESSAGES}


def _fingerprint(verdicts: dict[str, list[dict[str, Any]]]) -> str:
    """Hash rules under the names that they were first stored under, so that a rename changes no fingerprint."""
    rules = sorted({f"{original(facts['rule'])}={facts['fingerprint']}" for phase in verdicts.values() for facts in phase})
    return hashlib.sha256("\n".join(rules).encode()).hexdigest()[:16]


def decide_record(record: RunRecord, policy: GatePolicy) -> tuple[GateState, tuple[Message, ...]]:
    """Decide whether the rows of an outcome may be learned from, and return the reasons why not."""
    verdicts = [facts for phase, facts_of in record.verdicts.items() if phase != "arrival" for facts in facts_of]
    state, reasons = decide_facts(record.run("published"), verdicts, policy)
    return state, (*reasons, *empty_notes(record.empty))


def decide_facts(run: Run, verdicts: Sequence[Mapping[str, Any]], policy: GatePolicy) -> tuple[GateState, tuple[Message, ...]]:
    """Decide whether the rows of a run may be learned from, and return the reasons why not, and what else a person should know.

    Args:
        run: Its scores and counts.
        verdicts: Facts of the verdicts once the rows were cleaned.
        policy: Limits of the gate.
    """
    blocking = sorted({facts["rule"] for facts in verdicts if facts["on_fail"] == "block" and facts["status"] == "failed"})
    untrained = sorted({facts["rule"] for facts in verdicts if facts["nature"] == "detector" and facts["status"] == "skipped"})
    state, reasons = decide(run, untrained, policy, blocked=blocking, unjudged=_unjudged(verdicts))
    notes = [*_notes(verdicts, closed=state != "open"), *_losses(verdicts, run.dataset)]
    return state, (*reasons, *(note for note in dict.fromkeys(notes) if note not in reasons))


def _unjudged(verdicts: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Return the critical rules that were not evaluated, together by their reason."""
    rules: dict[str, list[str]] = {}
    for facts in verdicts:
        if facts["status"] == "not_evaluated" and facts["severity"] == "critical" and facts["rule"] not in rules.setdefault(facts["observed"], []):
            rules[facts["observed"]].append(facts["rule"])
    return [Message.of("rules_not_evaluated", rules=tuple(names), reason=Message.loads(reason)) for reason, names in rules.items()]


def _losses(verdicts: Sequence[Mapping[str, Any]], dataset: str) -> Iterator[Message]:
    """Yield what a snapshot lost against the table before, with the command that accepts it where the snapshot is held."""
    for facts in verdicts:
        if facts["rule"] == MAX_SHRINK and facts["status"] == "failed":
            losses = Message.loads(facts["observed"])
            yield Message.of("snapshot_shrunk_held", losses=losses, dataset=dataset) if facts["on_fail"] == "block" else losses


def _notes(verdicts: Sequence[Mapping[str, Any]], *, closed: bool) -> Iterator[Message]:
    """Yield what a person should know of the file: columns renamed, matched or missing, a footer, people suppressed."""
    codes = {"column_renamed", "column_matched", "footer_left_out", "people_suppressed", "people_rejected", *(("column_missing",) if closed else ())}
    messages = {facts["message"]: Message.loads(facts["message"]) for facts in verdicts if facts["nature"] == "schema" and facts["status"] == "failed"}
    yield from (message for message in messages.values() if message.code in codes)
    observed = {facts["observed"]: Message.loads(facts["observed"]) for facts in verdicts}
    yield from dict.fromkeys(note for message in observed.values() if isinstance(note := message.params.get("note"), Message))
