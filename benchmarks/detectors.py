"""Measure what the detectors find, what they promise, and what they cost: ADBench's tables, a planted shop table, false alarms, drift, traffic, speed.

Each part is a command of its own (`python -m benchmarks.detecting.shop`) and runs in a fresh process here. PyOD's detectors run beside ours at
their default settings, on the same rows. ADBench's 20 tables had all been looked at before, and figures of all were seen while the ensemble was made;
eight that its rule was not read off are told apart. On all else nothing was chosen on the seeds that are measured. *False* counts flagged clean rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.figures import Figure, main
from benchmarks.parts import measured

PARTS = ("adbench", "adbench_networks", "shop", "promise", "drift", "traffic", "logs", "speed")


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every part, one after the other."""
    return measured("detecting", PARTS, options)


if __name__ == "__main__":
    main(__doc__ or "", measure)
