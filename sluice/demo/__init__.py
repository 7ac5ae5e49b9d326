"""Write the files of a small, realistic shop with injected faults, and record the ground truth apart."""

from __future__ import annotations

from sluice.demo.deliveries import SMALL, Size
from sluice.demo.shop import configuration, start_clock, write
from sluice.demo.summary import judge_against_truth

__all__ = ["SMALL", "Size", "configuration", "judge_against_truth", "start_clock", "write"]
