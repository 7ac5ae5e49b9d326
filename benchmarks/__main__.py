"""Runs the benchmarks one after the other, and keeps what they measured for the README."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from benchmarks import BENCHMARKS
from benchmarks.results import about, file_of


def main() -> int:
    """Run those that are named, or all; 1 where one did not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="name", help=f"some of {', '.join(BENCHMARKS)}; all unless named")
    parser.add_argument("--list", action="store_true", help="say what each measures, and run none")
    parser.add_argument("--quick", action="store_true", help="smaller, to see that they run; keeps no figure")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, or repeats")
    options = parser.parse_args()
    broken = [name for name in options.names or BENCHMARKS if not _ran(name, options)]
    return 1 if broken else 0


def _ran(name: str, options: argparse.Namespace) -> bool:
    print(f"\n{name}: {about(name)[0]}", flush=True)
    if options.list:
        return True
    keep: Sequence[str] = ["--quick"] if options.quick else ["--json", str(file_of(name))]
    command = [sys.executable, "-m", f"benchmarks.{name}", "--seeds", str(options.seeds), *keep]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
