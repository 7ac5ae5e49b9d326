"""Count the time in which a detector judges as that of a stage of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.domain import Batch, Verdict
from sluice.ports import Earlier, Judge, Needs, RepeatJudge, Snapshot, needs_of, stage


@dataclass(frozen=True)
class DetectorJudge:
    """Judge by a detector.

    Attributes:
        detector: The detector.
    """

    detector: Judge

    @property
    def needs(self) -> Needs:
        """Return what the detector needs."""
        return needs_of(self.detector)

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Return the verdicts of the detector."""
        with stage("detect"):
            return self.detector.judge(batch, snapshot)

    def judge_again(self, batch: Batch, snapshot: Snapshot, earlier: Earlier) -> Sequence[Verdict]:
        """Return the same verdicts as `judge`, computed of what repairs and holds can have changed."""
        if not isinstance(self.detector, RepeatJudge):
            return self.judge(batch, snapshot)
        with stage("detect"):
            return self.detector.judge_again(batch, snapshot, earlier)
