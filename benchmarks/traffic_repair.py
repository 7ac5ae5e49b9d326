"""Find and repair dirty events: copies, replays, unknown items, wrong clocks, prices and users, machines, lost order, and two of them at once.

Two logs of five days: a sample of Amazon Beauty with synthesised times, prices and sessions, and the demo shop. The first three days are clean; into the
others a kind of dirt is injected at one rate for each seed (the percentage of the events in the names), mostly by the injectors on which the detectors
were developed: only seeds and rates are new. Sluice runs on the files with one configuration for all. A row is *found* where it was not published as it
came: held, taken for a copy, changed, or marked as of unknown order. *Precision*, *recall* and *F1* are of rows. *False*: of the other rows of these days,
the share that was not published as it came; on the clean log, all.

*Recovered*: (cleaned - dirty) / (clean - dirty), where the terms are Recall@20 of co-occurrence that learned from the log, over all users' next items after
their clean histories; only for seeds where dirt costs 5 % or more. Seeds are those that nothing was developed with.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.figures import Figure, main
from benchmarks.parts import measured

PARTS = ("beauty", "demo_shop")


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both logs, one after the other."""
    return measured("repairing", PARTS, options)


if __name__ == "__main__":
    main(__doc__ or "", measure)
