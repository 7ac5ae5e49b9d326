"""The known kinds of dirt as pure functions on frames, each giving its truth: for the demo shop, calibration, tests and benchmarks.

Every function takes rows with `_row_id`, names of columns, the rate (a share of the rows that are eligible) and a seed, and gives a
`Injection`: the dirty rows, and the truth of every cell that was changed and every row that was added. The same arguments give the
same result; a rate of 0 plants nothing.
"""

from __future__ import annotations

from sluice.faults.injection import TRUTH, Injection
from sluice.faults.registry import KINDS, TRAFFIC, Answer, Fault

__all__ = ["KINDS", "TRAFFIC", "TRUTH", "Answer", "Fault", "Injection"]
