"""How a challenger does beside the champion, and what it must pass before it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sluice.domain.message import Message


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """One metric of both models for the same users.

    Attributes:
        users: How many they are.
        champion: The champion's metric.
        challenger: The challenger's.
        change: From the one to the other, as a share of the champion's; None where that is 0.
        low: The lower end of the 95 % interval of the change, by paired bootstrap over the users; None as `change` is.
        high: Its upper end.
    """

    users: int
    champion: float
    challenger: float
    change: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that decides whether a challenger may serve.

    Attributes:
        trusted: NDCG@20 on the trusted hold-out; None where nothing serves yet.
        fresh: NDCG@20 on the newest events; told, and not counted: what is dirty there looks good there.
        segments: Recall@20 of parts of the users of the trusted hold-out.
        coverage: The share of all items that is shown to anybody.
        latency: Milliseconds of processor time in which 99 of 100 answers are given.
        size: Bytes of the model.
        same: It answers after it was saved and loaded as it did before, bit for bit.
        best: The highest NDCG@20 of all champions that this very hold-out has judged; None where nothing serves yet.
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
    """What a challenger must pass.

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
    """One thing that a challenger was asked.

    Attributes:
        name: What.
        passed: None where there is too little to tell.
        message: The measured value and the limit.
    """

    name: str
    passed: bool | None
    message: Message


@dataclass(frozen=True, slots=True)
class Promotion:
    """Whether a challenger takes the champion's place, and each reason."""

    checks: tuple[PromotionCheck, ...]

    @property
    def won(self) -> bool:
        """No check failed."""
        return all(check.passed is not False for check in self.checks)

    @property
    def reason(self) -> Message:
        """Return the messages of the checks that failed; where none did, that of the first."""
        return Message.join([check.message for check in self.checks if check.passed is False] or [self.checks[0].message])
