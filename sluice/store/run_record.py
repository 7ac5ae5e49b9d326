"""What is recorded of an outcome: counts, scores and verdicts; no rows and no masks."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from sluice.domain import ROW, GatePolicy, GateState, Message, Outcome, Run, RunKind, Score, Verdict
from sluice.rules import decide

_FACTS = ("rule", "nature", "dimension", "severity", "on_fail", "status", "rows", "failed", "columns", "message", "observed", "filter", "fingerprint")
_MESSAGES = ("message", "observed")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """An outcome without its rows.

    Attributes:
        verdicts: By phase, each verdict's facts under the names of `Verdict`.
        fingerprint: Hash over the fingerprints of all the rules that spoke: which set of rules judged.
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

    @classmethod
    def of(cls, outcome: Outcome, uri: str) -> RunRecord:
        """The record of an outcome; `repaired` counts the rows with an applied repair."""
        batch = outcome.split.good
        verdicts = {phase: [facts(verdict) for verdict in verdicts] for phase, verdicts in outcome.phases.items()}
        repairs = outcome.repairs
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
        )

    def facts(self, *phases: str) -> list[dict[str, Any]]:
        """The verdicts of some phases."""
        return [each for phase in phases for each in self.verdicts.get(phase, ())]

    def run(self, state: Literal["intent", "published"]) -> Run:
        """The run that it is the record of, not yet decided."""
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
            rows=self.good + self.bad,
            good=self.good,
            bad=self.bad,
            repaired=self.repaired,
            basis=self.basis,
            fingerprint=self.fingerprint,
        )

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, ensure_ascii=False, default=dict)

    @classmethod
    def loads(cls, text: str) -> RunRecord:
        """From JSON."""
        told = json.loads(text)
        told["at"] = datetime.fromisoformat(told["at"])
        return cls(**{**told, "arrival": Score(**told["arrival"]), "published": Score(**told["published"])})


def facts(verdict: Verdict) -> dict[str, Any]:
    """What is kept of a verdict; its messages as JSON text."""
    return {name: Message.from_json(value).dumps() if name in _MESSAGES else value for name in _FACTS for value in [getattr(verdict, name)]}


def _fingerprint(verdicts: dict[str, list[dict[str, Any]]]) -> str:
    rules = sorted({f"{each['rule']}={each['fingerprint']}" for spoken in verdicts.values() for each in spoken})
    return hashlib.sha256("\n".join(rules).encode()).hexdigest()[:16]


def decided(record: RunRecord, policy: GatePolicy) -> tuple[GateState, tuple[Message, ...]]:
    """May the rows of this outcome be learned from, and if not, why not."""
    final = [each for phase, verdicts in record.verdicts.items() if phase != "arrival" for each in verdicts]
    blocked = sorted({each["rule"] for each in final if each["on_fail"] == "block" and each["status"] == "failed"})
    untrained = sorted({each["rule"] for each in final if each["nature"] == "detector" and each["status"] == "skipped"})
    return decide(record.run("published"), untrained, policy, blocked=blocked)
