"""Measure the CPU time of one hourly batch of a warm worker after a year, against one when the windows of 28 days have just become full.

The shop is that of `benchmarks.growth.history`. Its 8,760 batches take an hour.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta

from benchmarks.figures import Figure, main
from benchmarks.growth.history import MEASURED, figure


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure hourly batches."""
    first, last, batches = (48, 96, 3) if options.quick else (720, 8760, MEASURED)
    return [figure(timedelta(hours=1), "hourly", first, last, batches)]


if __name__ == "__main__":
    main(__doc__ or "", measure)
