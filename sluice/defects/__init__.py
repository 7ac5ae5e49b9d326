"""The known kinds of dirt as pure functions on frames, each giving its truth: for the demo shop, calibration, tests and benchmarks.

Every function takes rows with `_row_id`, names of columns, the rate (a share of the rows that are eligible) and a seed, and gives a
`Planted`: the dirty rows, and the truth of every cell that was changed and every row that was added. The same arguments give the
same result; a rate of 0 plants nothing.
"""

from __future__ import annotations

from sluice.defects.kinds import KINDS, TRAFFIC, Answer, Defect
from sluice.defects.planted import TRUTH, Planted

__all__ = ["KINDS", "TRAFFIC", "TRUTH", "Answer", "Defect", "Planted"]
