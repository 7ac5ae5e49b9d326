"""Run the benchmarks one after the other, and record what they measure."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from benchmarks import BENCHMARKS
from benchmarks.results import describe, results_file


def main() -> int:
    """Run the named benchmarks, or all; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="name", help=f"any of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--list", action="store_true", help="describe each benchmark without running it")
    parser.add_argument("--quick", action="store_true", help="run smaller versions, to see that they work; records nothing")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds or repeats")
    options = parser.parse_args()
    failed = [name for name in options.names or BENCHMARKS if not _run(name, options)]
    return 1 if failed else 0


def _run(name: str, options: argparse.Namespace) -> bool:
    print(f"\n{name}: {describe(name)[0]}", flush=True)
    if options.list:
        return True
    output: Sequence[str] = ["--quick"] if options.quick else ["--json", str(results_file(name))]
    command = [sys.executable, "-m", f"benchmarks.{name}", "--seeds", str(options.seeds), *output]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
