"""Measure how well the recommender ranks, on public sets, beside peers that were fitted in the same run.

Each part is a command of its own (`python -m benchmarks.recommending.beauty`) and runs in a fresh process here. Every choice, such as the weights
of a blend or the number of epochs, was made on a validation part of the training data; test targets were opened once, those of Beauty once more
after the rule of the weights was changed for the long tail, on validation as well, and those of Office twice more, also to measure every row.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.figures import Figure, main
from benchmarks.parts import measured

PARTS = (
    "article",
    "augmentation",
    "beauty",
    "conversion",
    "gate",
    "movielens",
    "office",
    "pair_counting",
    "people",
    "rollback",
    "search",
    "smaller",
    "tail",
    "text_model",
    "training_time",
)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every part, one after the other."""
    return measured("recommending", PARTS, options)


if __name__ == "__main__":
    main(__doc__ or "", measure)
