"""Kill `sluice run` at moments drawn by a seed, and count rows lost, published twice or half: on SQLite and files, and by two machines on PostgreSQL and S3.

Each day two files land, a run (on PostgreSQL: one on each machine) begins, and one is killed: at a fail point of publishing, or at a moment of its run; one in
twenty is stopped for longer than its lease and goes on. Every 50 kills a run is left alone, and a checker reads tables and database without Sluice's own store:
each row of each file has to be in one place, published, held or repeated.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.figures import Figure, main
from benchmarks.killing.killer import Killer
from benchmarks.killing.servers import postgres, s3
from benchmarks.killing.shop import Shop


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Kill runs of both shops."""
    kills = 5 if options.quick else options.kills
    os.environ.setdefault("LANGUAGE", "en")
    figures: list[Figure] = []
    for name in options.on.split(","):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            if name == "files":
                killer = Killer(Shop(folder, f"sqlite:///{folder}/records.db", str(folder / "lake")), ["only"], {})
            else:
                database, reached = stack.enter_context(postgres()), stack.enter_context(s3())
                killer = Killer(Shop(folder, database, "s3://lake/shop"), ["machine-1", "machine-2"], reached)
            killer.work(kills)
        figures += figures_of("SQLite and files" if name == "files" else "PostgreSQL and S3, two machines", killer)
    return figures


def figures_of(where: str, killer: Killer) -> list[Figure]:
    """Return what was counted."""
    losses, against = killer.losses, f"{killer.kills} kills, {killer.stops} stops longer than the lease, {killer.checks} checks"
    counts = {"arrived": losses.rows, "lost": losses.lost, "twice": losses.twice, "half-published": losses.half, "changed": losses.changed}
    return [Figure(f"{where}, rows {name}", count, "rows", against, n=killer.kills) for name, count in counts.items()]


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=200, help="kills on each of the shops")
    parser.add_argument("--on", default="files,postgres", help="shops: files, postgres or both")


if __name__ == "__main__":
    main(__doc__ or "", measure, _options)
