"""Land right files of every platform day after day, and measure what is changed, held and reported.

Seeded generators write each platform's own form, right in every cell, over thirty days with weekends, a month's end and a campaign; `sluice init` describes
the first day's files, and `sluice run` reads each day's. A finding is a rule that failed or could not run on a batch, or a file that could not be read.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from benchmarks.figures import Figure, main
from benchmarks.first_contact import calendar
from benchmarks.first_contact.figures_of_month import month_figures, role_figures
from benchmarks.first_contact.month import Followed, follow
from benchmarks.first_contact.platforms import PLATFORMS
from benchmarks.first_contact.shop import draw_shop
from benchmarks.first_contact.worst import worst_of

SEED, QUICK_DAYS = 11, 3


def followed(options: argparse.Namespace) -> Iterator[Followed]:
    """Follow every platform, and print what was wrong with it."""
    days = QUICK_DAYS if options.quick else calendar.DAYS
    for platform in PLATFORMS[:4] if options.quick else PLATFORMS:
        month = follow(platform, draw_shop(SEED), days)
        lines = list(worst_of(month))
        print(f"\n== {platform.name}: {len(lines) or 'nothing'} wrong", *lines, sep="\n  ", flush=True)
        yield month


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure everything, one after the other."""
    months = list(followed(options))
    return [*month_figures(months), *role_figures([role for month in months for role in month.roles])]


if __name__ == "__main__":
    main(__doc__ or "", measure)
