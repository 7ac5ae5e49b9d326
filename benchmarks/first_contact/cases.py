"""Land the files of a folder of cases, each in a subfolder, as a new user would, and print what became of them in one table.

A case with files only: the files without a date and those of the earliest date land first, then `sluice init landing/` and `sluice run`; each later date
lands and runs after that. A case with a folder `landing`: its files land as they are, with the `sluice.yaml` beside them where there is one.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.first_contact.landing import sluice

DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """Hold what became of one dataset of a case after all its files had landed."""

    case: str
    dataset: str
    rows: int
    held: int
    repaired: int
    failed: int
    gate: str
    described: str
    error: str


def waves(files: Sequence[Path]) -> list[list[Path]]:
    """Group files by the time at which they land: first those without a date and the earliest date, then one date after the other.

    Example:
        >>> [[file.name for file in wave] for wave in waves([Path("a_2026-11-28.csv"), Path("a.csv"), Path("b_2026-11-28.csv")])]
        [['a.csv'], ['a_2026-11-28.csv', 'b_2026-11-28.csv']]
    """

    def moment(file: Path) -> str:
        date = DATE.search(file.name)
        return date.group().replace("-", "") if date else "2" if re.search(r"_[2-9]\.", file.name) else ""

    return [list(group) for _, group in groupby(sorted(files, key=lambda file: (moment(file), file.name)), key=moment)]


def run_case(case: Path) -> Iterator[CaseResult]:
    """Do as the case says, in a copy of its files."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        landing = folder / "landing"
        landing.mkdir()
        configured, laid = case / "sluice.yaml", case / "landing"
        if configured.exists():
            shutil.copyfile(configured, folder / "sluice.yaml")
        files = sorted(path for path in (laid if laid.exists() else case).iterdir() if path.is_file() and path.name not in ("README", "sluice.yaml"))
        errors: list[str] = []
        described: Mapping[str, str] = {}
        for wave in [files] if configured.exists() else waves(files):
            for file in wave:
                shutil.copyfile(file, landing / file.name)
            if not (folder / "sluice.yaml").exists():
                described = _init(folder, errors)
            if (folder / "sluice.yaml").exists():
                _run(folder, errors)
        yield from _results(case.name, folder, described, errors)


def _init(folder: Path, errors: list[str]) -> Mapping[str, str]:
    done = sluice(folder, "init", "landing/", "--format", "json")
    if done.returncode:
        errors.append(f"init: {_last_line(done.stderr)}")
        return {}
    return {str(row["dataset"]): f"{row['mode']}, key {row['key']}, time {row['time']}" for row in _rows(done.stdout)}


def _run(folder: Path, errors: list[str]) -> None:
    done = sluice(folder, "run", "--format", "json")
    if done.returncode not in (0, 1):
        errors.append(f"run: {_last_line(done.stderr)}")
    reasons = [row["reasons"] for row in _rows(done.stdout) if row.get("kind") == "failed"]
    errors += [f"file: {json.dumps(reason, ensure_ascii=False)[:200]}" for reason in reasons]


def _rows(text: str) -> list[dict[str, object]]:
    try:
        rows = json.loads(text or "[]")
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return rows if isinstance(rows, list) else [rows]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:240]


def _results(case: str, folder: Path, described: Mapping[str, str], errors: Sequence[str]) -> Iterator[CaseResult]:
    from sluice.app import build
    from sluice.errors import SluiceError

    error = " | ".join(errors)
    if not (folder / "sluice.yaml").exists():
        yield CaseResult(case, "", 0, 0, 0, 0, "none", "", error)
        return
    try:
        with build(folder / "sluice.yaml") as app:
            for name in app.config.datasets:
                runs = [run for run in app.store.runs.of(name) if run.kind == "ingest"]
                rows, held, repaired = (sum(getattr(run, field) for run in runs) for field in ("rows", "bad", "repaired"))
                failed = sum(run.state == "failed" for run in runs)
                yield CaseResult(case, name, rows, held, repaired, failed, app.gate(name).state, described.get(name, "as configured"), error)
    except SluiceError as problem:
        yield CaseResult(case, "", 0, 0, 0, 0, "none", "", f"{error} | {type(problem).__name__}: {problem}"[:300])


def main() -> None:
    """Run every case of a folder from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder whose subfolders are cases")
    parser.add_argument("--only", default="", help="beginning of the names of the cases to run")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    options = parser.parse_args()
    if not options.folder.is_dir():
        raise SystemExit(f"skipped: {options.folder} is absent")
    cases = sorted(path for path in options.folder.iterdir() if path.is_dir() and path.name.startswith(options.only))
    results = [result for case in cases for result in run_case(case)]
    table = Table(box=None, pad_edge=False)
    for name in CaseResult.__dataclass_fields__:
        table.add_column(name, overflow="fold")
    for result in results:
        table.add_row(*map(str, asdict(result).values()))
    Console(width=230).print(table)
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
