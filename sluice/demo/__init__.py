"""A small shop's files, realistic and then spoilt, with the truth of every defect recorded apart."""

from __future__ import annotations

from sluice.demo.shop import configuration, write
from sluice.demo.summary import judge_against_truth

__all__ = ["configuration", "judge_against_truth", "write"]
