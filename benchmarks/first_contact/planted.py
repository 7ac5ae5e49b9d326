"""Plant one fault at a time in each platform's second day, and measure how many the suite that `init` suggested reports.

A fault is reported if a rule, schema check or detector that did not fail on the right second day fails or cannot run, whether it flags or holds rows. It is
reported in the right place if the rule is about the faulty column, and *with more than a remark* if the severity of one such rule is not info. *False* counts
rules about other columns that fail too.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from benchmarks.figures import Figure, main
from benchmarks.first_contact.compare import normal
from benchmarks.first_contact.figures_of_month import share
from benchmarks.first_contact.landing import land, opened, run_day, sluice
from benchmarks.first_contact.platforms import PLATFORMS
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.shop import Shop, draw_shop
from benchmarks.first_contact.truth import Blank, Column, Row, Sheet, column
from sluice.app import App
from sluice.domain import Verdict
from sluice.errors import SluiceError

SEED = 11
KINDS = ("missing", "wrong type", "range", "new column", "broken reference", "unit change")
Change = Callable[[int, object], object]


@dataclass(frozen=True, slots=True)
class Planted:
    """Hold a second day with one fault.

    Attributes:
        kind: One of `KINDS`.
        column: Name of the faulty column.
        sheet: The file.
    """

    kind: str
    column: str
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what was reported of one fault; `rules` are those that failed for it alone, `warned` whether one of them is more than a remark."""

    platform: str
    kind: str
    place: str
    reported: bool
    warned: bool
    in_place: bool
    false: int
    rules: tuple[str, ...]


def faults_of(sheet: Sheet) -> Iterator[Planted]:
    """Plant the faults that a table has columns for."""
    amount, must, reference = _amount(sheet), _filled(sheet), next(iter(sheet.table.references), None)
    if must:
        yield _planted(sheet, "missing", must, lambda row, value: None if row % 3 == 0 else value)
    if amount:
        write = amount.write
        yield _planted(sheet, "wrong type", amount, lambda row, value: "see note" if row % 4 == 0 else value, write=lambda value: _text_or(value, write))
        yield _planted(sheet, "range", amount, lambda row, value: value * -1000 if row % 8 == 0 and isinstance(value, Decimal) else value)
        yield _planted(sheet, "unit change", amount, lambda _, value: value * 100 if isinstance(value, Decimal) else value)
    if sheet.table.header:
        extra = column("unknown_field")
        rows = [{**row, extra.name: "x"} for row in sheet.rows]
        yield Planted("new column", extra.name, replace(sheet, table=replace(sheet.table, columns=(*sheet.table.columns, extra)), rows=rows))
    if reference:
        yield _planted(sheet, "broken reference", sheet.table.column(reference), lambda row, value: f"zz{row}" if row % 3 == 0 else value)


def _planted(sheet: Sheet, kind: str, faulty: Column, change: Change, *, write: Callable[[object], object] | None = None) -> Planted:
    rows = [{**row, faulty.name: change(place, row.get(faulty.name))} for place, row in enumerate(sheet.rows)]
    columns = tuple(replace(item, write=write) if write and item.name == faulty.name else item for item in sheet.table.columns)
    return Planted(kind, faulty.name, replace(sheet, table=replace(sheet.table, columns=columns), rows=rows))


def _text_or(value: object, write: Callable[[object], object]) -> object:
    return value if isinstance(value, str) else write(value)


def _amount(sheet: Sheet) -> Column | None:
    """Return the first column of money or size that is filled in most rows."""
    amounts = [item for item in sheet.table.columns if item.types and "number" in item.types and "integer" not in item.types]
    return next((item for item in amounts if _share_of(sheet.rows, item, Decimal) > 0.7), None)


def _filled(sheet: Sheet) -> Column | None:
    """Return the first column that is filled in every row and is neither the key nor an event's time."""
    special = {name for key in sheet.table.keys for name in key} | {time for time in sheet.table.times if time}
    return next((item for item in sheet.table.columns if item.name not in special and item.types and _share_of(sheet.rows, item, object) == 1), None)


def _share_of(rows: Sequence[Row], item: Column, kind: type) -> float:
    values = [row.get(item.name) for row in rows]
    return share(sum(value is not None and not isinstance(value, Blank) and isinstance(value, kind) for value in values), len(values))


def answers_of(platform: Platform, shop: Shop) -> Iterator[Answer]:
    """Publish a platform's first day, and judge its second day with each fault in turn; nothing of that is published."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        land(folder, platform.files(shop, 0), 0)
        if sluice(folder, "init", "landing/").returncode or not (folder / "sluice.yaml").exists():
            yield from (_unanswered(platform, planted) for sheet in platform.files(shop, 1) for planted in faults_of(sheet))
            return
        with opened(folder) as app:
            run_day(app, 0)
            for sheet in _by_reference(app, folder, platform.files(shop, 1)):
                before = _failing(app, folder, sheet)
                for planted in faults_of(sheet):
                    yield _answer(platform, planted, before, _failing(app, folder, planted.sheet))


def _by_reference(app: App, folder: Path, sheets: Sequence[Sheet]) -> Iterator[Sheet]:
    """Yield sheets without references, publish them, and yield those that may refer to them, as `run` takes them in."""
    referring = [sheet for sheet in sheets if sheet.table.references]
    others = [sheet for sheet in sheets if not sheet.table.references]
    yield from others
    if referring and others:
        land(folder, others, 1)
        run_day(app, 1)
    yield from referring


def _unanswered(platform: Platform, planted: Planted) -> Answer:
    return Answer(
        platform.name,
        planted.kind,
        f"{planted.sheet.table.name}.{planted.column}",
        reported=False,
        warned=False,
        in_place=False,
        false=0,
        rules=("no configuration",),
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """Hold a rule that failed or could not run: its columns, and whether it is a remark alone."""

    columns: tuple[str, ...] = ()
    is_remark: bool = False


def _failing(app: App, folder: Path, sheet: Sheet) -> Mapping[str, Failure]:
    """Judge a file that lands now; return every rule that fails or cannot run, and take the file away."""
    land(folder, [sheet], 1)
    failing: dict[str, Failure] = {}
    unread: list[SluiceError] = []
    try:
        pending = [arrival for arrival in app.pending_arrivals() if Path(arrival.uri).name == sheet.file]
        for _, verdicts in app.check(pending, on_error=unread.append):
            failing |= {verdict.rule: _failure(verdict) for verdict in verdicts if verdict.status in ("failed", "not_evaluated")}
    except SluiceError as error:
        unread.append(error)
    (folder / "landing" / sheet.file).unlink()
    return failing | {f"unread: {error}": Failure() for error in unread}


def _failure(verdict: Verdict) -> Failure:
    return Failure(tuple(getattr(verdict, "columns", ())), verdict.severity == "info")


def _answer(platform: Platform, planted: Planted, before: Mapping[str, Failure], after: Mapping[str, Failure]) -> Answer:
    new = {rule: failure for rule, failure in after.items() if rule not in before}
    name = normal(planted.column).rpartition(".")[2]  # a nested column is declared by the end of its path
    about = [rule for rule, one in new.items() if name in map(normal, one.columns) or name in normal(rule) or planted.column in rule or not one.columns]
    place = f"{planted.sheet.table.name}.{planted.column}"
    warned = any(not failure.is_remark for failure in new.values())
    return Answer(platform.name, planted.kind, place, bool(new), warned, bool(about), len(new) - len(about), tuple(sorted(new)))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Plant every fault in every platform."""
    shop, platforms = draw_shop(SEED), PLATFORMS[:3] if options.quick else PLATFORMS
    answers = []
    for answer in (answer for platform in platforms for answer in answers_of(platform, shop)):
        answers.append(answer)
        if not answer.warned:
            how = "reported as a remark alone" if answer.reported else "not reported"
            print(f"{answer.platform}: {answer.kind} in {answer.place} is {how} {answer.rules or ''}", flush=True)
    figures = [
        Figure("planted faults reported: all", share(sum(answer.reported for answer in answers), len(answers)), "share", n=len(answers)),
        Figure("planted faults reported with more than a remark", share(sum(answer.warned for answer in answers), len(answers)), "share", n=len(answers)),
    ]
    for kind in KINDS:
        of_kind = [answer for answer in answers if answer.kind == kind]
        if of_kind:
            figures.append(Figure(f"planted faults reported: {kind}", share(sum(answer.reported for answer in of_kind), len(of_kind)), "share", n=len(of_kind)))
    figures.append(Figure("planted faults reported by a rule about the column", share(sum(answer.in_place for answer in answers), len(answers)), "share"))
    figures.append(Figure("rules about other columns that fail with a planted fault", share(sum(answer.false for answer in answers), len(answers)), "a fault"))
    return figures


if __name__ == "__main__":
    main(__doc__ or "", measure)
