"""Measure the repair of traffic on the demo shop."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.figures import Figure, main
from benchmarks.repairing.measuring import measure_log


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every kind of dirt."""
    return measure_log("demo_shop", "demo shop", options)


if __name__ == "__main__":
    main(__doc__ or "", measure)
