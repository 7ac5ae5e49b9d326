"""Follow right files through thirty days: cells that are changed, rows that are held, findings, and days with the gate open."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from benchmarks.first_contact.compare import repaired_wrongly, wrong_cells
from benchmarks.first_contact.landing import Day, land, opened, run_day, sluice
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.roles import Role, judge_roles
from benchmarks.first_contact.shop import Shop
from benchmarks.first_contact.truth import Sheet
from sluice.app import App
from sluice.domain import ROW, RUN, Run
from sluice.errors import SluiceError
from sluice.messages import render

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class FileResult:
    """Hold what became of one file of right rows; `dataset` is empty where no dataset took it.

    Attributes:
        wrong: Number of changed cells by column.
        examples: Column, what was written and what was published, of some of them.
        held: Number of rows in quarantine.
        cells: Number of cells that were compared.
    """

    platform: str
    day: int
    table: str
    file: str
    dataset: str
    rows: int
    held: int
    cells: int
    wrong: dict[str, int]
    examples: tuple[tuple[str, str, str], ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Followed:
    """Hold a platform's thirty days.

    Attributes:
        failure: Why there is no configuration; empty where there is one.
        files: What became of each file.
        findings: Day, dataset, and rule or error of each finding.
        open_days: Number of days with the gate open, and of all, by table.
        roles: Roles of its columns and tables, as `init` declared them.
        errors: Errors outside of a run.
    """

    platform: str
    failure: str
    files: Sequence[FileResult] = ()
    findings: Sequence[tuple[int, str, str]] = ()
    open_days: dict[str, tuple[int, int]] = field(default_factory=dict)
    gate_reasons: dict[str, int] = field(default_factory=dict)
    roles: Sequence[Role] = ()
    errors: Sequence[str] = ()


def follow(platform: Platform, shop: Shop, days: int) -> Followed:
    """Land a platform's files day after day, and compare what is published with the truth.

    Args:
        platform: The platform.
        shop: The shop whose exports they are.
        days: Number of days.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        land(folder, platform.files(shop, 0), 0)
        written = sluice(folder, "init", "landing/")
        if written.returncode or not (folder / "sluice.yaml").exists():
            return _unread(platform, (written.stderr or written.stdout).strip()[-400:], days)
        try:
            with opened(folder) as app:
                return _followed(platform, shop, days, folder, app)
        except SluiceError as error:
            return _unread(platform, f"{type(error).__name__}: {error}", days)


def _unread(platform: Platform, failure: str, days: int) -> Followed:
    return Followed(platform.name, failure, open_days={table.name: (0, days) for table in platform.tables}, roles=judge_roles(platform, None, {}))


def _followed(platform: Platform, shop: Shop, days: int, folder: Path, app: App) -> Followed:
    files: list[FileResult] = []
    findings: list[tuple[int, str, str]] = []
    errors: list[str] = []
    taken: dict[str, str] = {}
    opened_days: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number in range(days):
        sheets = platform.files(shop, number)
        if number:
            land(folder, sheets, number)
        done = run_day(app, number)
        files += _results(platform, app, done, sheets)
        findings += [(number, run.dataset, rule) for run, rule in done.findings]
        errors += [f"day {number + 1}: {error}" for error in done.errors]
        taken |= {result.table: result.dataset for result in files if result.dataset}
        for table in platform.tables:
            decision = done.gates.get(taken.get(table.name, ""))
            opened_days[table.name] += decision is not None and decision.open
            if decision is not None and not decision.open:
                reasons.update(f"{table.name}: {render(reason)}" for reason in decision.reasons)
    open_days = {table.name: (opened_days[table.name], days) for table in platform.tables}
    return Followed(platform.name, "", files, findings, open_days, dict(reasons.most_common(20)), judge_roles(platform, app.config, taken), errors)


def _results(platform: Platform, app: App, done: Day, sheets: Sequence[Sheet]) -> Iterator[FileResult]:
    runs = {Path(run.uri).name: run for run in done.runs if run.kind == "ingest"}
    for sheet in sheets:
        run = runs.get(sheet.file)
        if run is None or run.state != "published":
            reason = "no dataset took the file" if run is None else f"not read: {render(run.error)}"
            yield FileResult(platform.name, done.number, sheet.table.name, sheet.file, "", len(sheet.rows), len(sheet.rows) or 0, 0, {}, (), (reason,))
        else:
            yield _result(platform, app, done, sheet, run)


def _result(platform: Platform, app: App, done: Day, sheet: Sheet, run: Run) -> FileResult:
    compared = _published(app, run) if run.rows == len(sheet.rows) else []
    wrong = wrong_cells(sheet.table, sheet.rows, compared) if compared else _by_repairs(app, run)
    held = 0 if run.bad == 0 else run.bad
    reasons = [rule for finding, rule in done.findings if finding.id == run.id]
    examples = tuple((name, str(old)[:80], str(new)[:80]) for name, old, new in wrong[:EXAMPLES])
    cells = len(compared) * len(sheet.table.columns)
    counts = dict(Counter(name for name, _, _ in wrong))
    return FileResult(
        platform.name, done.number, sheet.table.name, sheet.file, run.dataset, run.rows, held, cells, counts, examples, tuple(reasons) if held else ()
    )


def _published(app: App, run: Run) -> list[tuple[int, dict[str, object]]]:
    rows = app.store.snapshot().published(run.dataset)
    if RUN not in rows.collect_schema():
        return []
    frame = rows.filter(pl.col(RUN) == run.id).collect()
    return [(int(str(row[ROW]).rpartition(".")[2]), row) for row in frame.iter_rows(named=True)]


def _by_repairs(app: App, run: Run) -> list[tuple[str, object, object]]:
    repairs = app.store.quarantine.repairs(run.dataset)
    if repairs.is_empty():
        return []
    applied = repairs.filter((pl.col(RUN) == run.id) & pl.col("applied"))
    return [(row["column"], row["old"], row["new"]) for row in applied.iter_rows(named=True) if repaired_wrongly(row)]
