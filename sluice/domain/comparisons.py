"""Compare a challenger with the champion, and check what it must pass before it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sluice.domain.message import Message


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """Hold one metric of both models for the same users.

    Attributes:
        users: Number of users.
        champion: Metric of the champion.
        challenger: Metric of the challenger.
        change: Difference as a share of the champion's metric; None where that is 0.
        low: Lower end of the 95 % interval of the change, by paired bootstrap over the users; None as `change` is.
        high: Upper end.
    """

    users: int
    champion: float
    challenger: float
    change: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold everything that decides whether a challenger may serve.

    Attributes:
        trusted: NDCG@20 on the trusted hold-out; None where nothing serves yet.
        fresh: NDCG@20 on the newest events; reported and not counted, since errors in them favour a model that learned from the same errors.
        segments: Recall@20 by segment of the users of the trusted hold-out.
        coverage: Share of all items that is recommended to anybody.
        latency: Milliseconds of processor time in which 99 of 100 answers are given.
        size: Bytes of the model.
        same: Whether it answers after saving and loading as it did before, bit for bit.
        best: Highest NDCG@20 of all champions that the same hold-out has evaluated; None where nothing serves yet.
    """

    trusted: MetricDifference | None
    fresh: MetricDifference | None
    segments: Mapping[str, MetricDifference]
    coverage: MetricDifference | None
    latency: float
    size: int
    same: bool
    best: float | None = None


@dataclass(frozen=True, slots=True)
class PromotionPolicy:
    """Limit what a challenger may lose.

    Attributes:
        tolerance: How far below the champion the interval of NDCG@20 may reach, as a share.
        max_segment_loss: How much of Recall@20 a segment may lose, as a share.
        segment_limits: The same by segment, where one has a limit of its own.
        max_coverage_loss: How much of the coverage may be lost, as a share.
        max_latency: Milliseconds.
        max_size: Bytes.
    """

    tolerance: float = 0.01
    max_segment_loss: float = 0.05
    segment_limits: Mapping[str, float] = field(default_factory=dict)
    max_coverage_loss: float = 0.1
    max_latency: float = 50.0
    max_size: int = 512 * 2**20


@dataclass(frozen=True, slots=True)
class PromotionCheck:
    """Hold the result of one check of a challenger.

    Attributes:
        name: Name of the check.
        passed: None where there are too few users to decide.
        message: The measured value and the limit.
    """

    name: str
    passed: bool | None
    message: Message


@dataclass(frozen=True, slots=True)
class Promotion:
    """Hold the checks that decide whether a challenger becomes champion."""

    checks: tuple[PromotionCheck, ...]

    @property
    def won(self) -> bool:
        """Return True where no check failed."""
        return all(check.passed is not False for check in self.checks)

    @property
    def reason(self) -> Message:
        """Return the messages of the checks that failed; where none did, that of the first."""
        return Message.join([check.message for check in self.checks if check.passed is False] or [self.checks[0].message])
