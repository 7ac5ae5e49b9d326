"""Inject faults into frames and record the ground truth: for the demo shop, the cost curve, tests and benchmarks.

Every function takes rows with `_row_id`, column names, a rate (share of the eligible rows) and a seed. It returns an `Injection`: the
faulty rows, and the truth of every changed cell and every added row. The same arguments return the same result; a rate of 0 injects
nothing.
"""

from __future__ import annotations

from sluice.faults.injection import TRUTH, Injection
from sluice.faults.registry import KINDS, TRAFFIC, Answer, Fault

__all__ = ["KINDS", "TRAFFIC", "TRUTH", "Answer", "Fault", "Injection"]
