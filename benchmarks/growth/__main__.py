"""Measure how cost grows with files, history, quarantine, columns and rules.

Each part is a command of its own (`python -m benchmarks.growth.files`) and runs in a fresh process here. All times are CPU seconds, user and system, of the
process and its worker, beside a floor by hand from the same run. `python -m benchmarks.growth.hourly` measures a year of hourly batches, which takes an hour.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.figures import Figure, main
from benchmarks.parts import measured

PARTS = ("files", "history", "pages", "release", "width")


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every part, one after the other."""
    return measured("growth", PARTS, options)


if __name__ == "__main__":
    main(__doc__ or "", measure)
