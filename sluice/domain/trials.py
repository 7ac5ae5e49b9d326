"""Represent a rule that a person tries on recorded batches before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """Describe a new rule of a suite, or other settings of one that is there.

    Attributes:
        dataset: Name of the dataset.
        name: Name of the expectation.
        settings: All its settings.
        position: Position in the suite of the rule that is changed; None adds one at the end.
        why: Stands beside a new rule as its comment.
    """

    dataset: str
    name: str
    settings: Mapping[str, object]
    position: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """Hold a rule that is tried, and what came of it so far.

    Attributes:
        id: Its id, which requests name.
        edit: The rule.
        digest: Digest of the text of sluice.yaml for which it was asked.
        days: How many days back batches are judged.
        difference: What the rule changes in sluice.yaml, as a unified difference; empty before it was computed.
        done: Number of batches that are judged.
        total: Number of batches of that time; None before they were counted.
        batches: Facts of each judged batch, the oldest first, as `sluice check --format json` names them; those that begin with `recorded_` are
            what the present configuration makes of the same rows.
        rules: Facts of each rule that judges otherwise than at present, likewise.
    """

    id: str
    edit: RuleEdit
    digest: str
    days: int
    difference: str = ""
    done: int = 0
    total: int | None = None
    batches: Sequence[Mapping[str, object]] = field(default_factory=tuple)
    rules: Sequence[Mapping[str, object]] = field(default_factory=tuple)
