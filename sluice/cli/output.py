"""Write results and progress for people at a terminal and for other programs."""

from __future__ import annotations

import functools
import json
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sluice.cli.encodings import escaped
from sluice.cli.language import header, render, spoken, tr, word
from sluice.cli.terminal_text import visible
from sluice.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from sluice.domain import Message
    from sluice.ports import Progress


class Format(StrEnum):
    """Name the ways in which a result is written to stdout."""

    table = "table"
    json = "json"


class Language(StrEnum):
    """Name the languages in which sentences are written."""

    en = "en"
    zh = "zh"


ConfigOption = Annotated[str, typer.Option("--config", "-c", envvar="SLUICE_CONFIG", help="path of sluice.yaml")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="a table for people, or JSON for programs")]
ByOption = Annotated[str, typer.Option("--by", envvar="USER", help="your name, for the log; required where the environment has no USER")]
NamedOption = Annotated[str, typer.Option("--by", envvar="USER", help="your name, for the log")]
ReasonOption = Annotated[str, typer.Option("--reason", help="why; kept in the log")]
DatasetArgument = Annotated[str, typer.Argument(help="name of a dataset")]

BEAT = 5.0  # seconds between two lines of progress where stderr is no terminal
# columns of stored words
WORDS = frozenset(
    {"state", "gate", "decision", "recorded_decision", "severity", "status", "kind", "stage", "place", "cause", "did", "check"}
)  # columns of stored words
MIN_LAST_WIDTH = 24  # of a table in a terminal; where less is left for the last column, the others wrap too


def parse_span(text: str, option: str) -> timedelta:
    """Read the span of time of an option, such as `--for 2h`.

    Raises:
        UsageError: It is no number with a unit.
    """
    from sluice.config import parse_duration
    from sluice.messages import error_message, make_error

    try:
        return parse_duration(text)
    except ValueError as error:
        raise make_error(UsageError, "setting_problem", name=option, problem=error_message(error)) from None


def language_of(named: Language | None) -> Literal["en", "zh"]:
    """Return the language of sentences: the one that an option names, else that of the command line."""
    return spoken() if named is None else "zh" if named is Language.zh else "en"


class ScoreCell(float):
    """Mark a number as a score: a table truncates it and does not round; JSON has all digits."""


def stored_cell(value: object) -> object:
    """Return a cell of a row as a table shows it: all digits, and a time to its last second.

    Example:
        >>> stored_cell(83.64), stored_cell(1370), stored_cell(None)
        ('83.64', '1370', None)
    """
    return str(value) if isinstance(value, int | float | datetime) else value


def score_cell(score: float | None) -> ScoreCell | None:
    """Return a score as a cell of a table."""
    return None if score is None else ScoreCell(score)


@functools.cache
def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Print text that is no result to stderr; a sentence of the code without fields is translated here."""
    text = visible(tr(text))
    if "rich.console" not in sys.modules:
        sys.stderr.write(text + "\n")
        return
    from rich.text import Text

    _stderr().print(Text(text), soft_wrap=True)  # beside a progress bar; a line stays a line, for programs that read it from a pipe


def show(rows: Iterable[Mapping[str, object]], form: Format, *, empty: str = "nothing to show") -> None:
    """Write rows to stdout: as a table, or as a JSON list. Nothing is cut: in a terminal long texts wrap, in a pipe a row stays one line."""
    rows = list(rows)
    if form is Format.json:
        sys.stdout.write(_json_text(rows) + "\n")
    elif not rows:
        say(empty)
    else:
        sys.stdout.write(table_text(rows, shutil.get_terminal_size().columns if sys.stdout.isatty() else None))


def show_one(facts: Mapping[str, object], form: Format, text: str) -> None:
    """Write one result to stdout: as text, or as a JSON object."""
    sys.stdout.write((_json_text(facts) if form is Format.json else visible(text)) + "\n")


def _json_text(value: object) -> str:
    from sluice.messages.plain import to_json

    text = json.dumps(value, default=to_json, indent=2, ensure_ascii=False)
    return text if escaped(text) == text else json.dumps(value, default=to_json, indent=2)  # the escapes of JSON, which its readers know


def table_text(rows: Sequence[Mapping[str, object]], width: int | None) -> str:
    """Return rows as a table.

    Args:
        rows: Rows; a cell whose column a row does not have is blank.
        width: Width of the terminal, into which long texts wrap, those of the last column first; None: every row stays one line.

    Example:
        >>> print(table_text([{"what": "disk", "found": "9 GiB free"}], None))
        what  found
        disk  9 GiB free
        <BLANKLINE>
    """
    names = _columns(rows)
    cells = [[escaped(_cell(_spoken_word(name, row[name]))) if name in row else "" for name in names] for row in rows]
    values = {name: value for row in reversed(rows) for name, value in row.items()}
    numbers = [isinstance(values[name], int | float) and not isinstance(values[name], bool) for name in names]
    titles = [escaped(header(name)) for name in names]
    return _lines(titles, cells, numbers) if width is None else _wrapped(titles, cells, numbers, width)


def _columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _widths(names: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    from rich.cells import cell_len

    return [max(map(cell_len, column)) for column in zip(names, *cells, strict=True)]


def _lines(names: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[bool]) -> str:
    """Return one line a row, numbers to the right; Rich's tables take longer to import than the rest of a short command."""
    from rich.cells import cell_len

    rows = [names, *([" ".join(cell.splitlines()) for cell in row] for row in cells)]
    widths = _widths(names, rows)
    blanks = ([width - cell_len(cell) for width, cell in zip(widths, row, strict=True)] for row in rows)
    padded = (
        [" " * blank + cell if number else cell + " " * blank for cell, blank, number in zip(row, row_blanks, numbers, strict=True)]
        for row, row_blanks in zip(rows, blanks, strict=True)
    )
    return "".join(f"{'  '.join(row).rstrip()}\n" for row in padded)


def _wrapped(names: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[bool], width: int) -> str:
    """Return a table as wide as the terminal: long texts wrap, all columns' where the last one has too little room."""
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    fits = sum(size + 2 for size in _widths(names, cells)[:-1]) + MIN_LAST_WIDTH <= width
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, number in zip(names, numbers, strict=True):
        table.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=fits and name != names[-1])
    for row in cells:
        table.add_row(*map(Text, row))
    out = io.StringIO()
    Console(file=out, highlight=False, width=width, force_terminal=sys.stdout.isatty()).print(table)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _spoken_word(column: str, value: object) -> object:
    return word(value) if column in WORDS and isinstance(value, str) else value


def _cell(value: object) -> str:
    from sluice.domain import Message

    if isinstance(value, Message):
        value = render(value)
    match value:
        case None:
            return "-"
        case float():
            return _number(value)
        case int() if not isinstance(value, bool):
            return f"{value:,}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case list() | tuple():
            return _one_line(", ".join(map(str, value)))
        case _:
            return _one_line(str(value))


def _one_line(text: str) -> str:
    """Return a text in one line; its blanks stay as they are, so that a copied value selects its rows."""
    return visible(" ".join(text.replace("\t", " ").splitlines()).strip())


def _number(value: float) -> str:
    from sluice.domain import score_text

    if isinstance(value, ScoreCell):
        return score_text(value)
    return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:,.1f}"


@contextmanager
def progress(beat: float = BEAT) -> Iterator[Progress]:
    """Show bars on stderr, one for each task; where stderr is no terminal, a line every `beat` seconds. Without a report nothing is written."""
    if not (sys.stderr.isatty() and _stderr().is_terminal):  # in this order: Rich takes long to import
        with _progress_lines(beat) as report_line:
            yield report_line
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bars = Bars(TextColumn("{task.description:<28}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), console=_stderr())
    tasks: dict[Message, TaskID] = {}

    def report(what: Message, done: int, total: int | None) -> None:
        if what not in tasks:
            bars.start()
            tasks[what] = bars.add_task(render(what), total=total)
        bars.update(tasks[what], completed=done, total=total)

    try:
        yield report
    finally:
        if tasks:
            bars.stop()


@contextmanager
def _progress_lines(beat: float) -> Iterator[Progress]:
    states: dict[Message, str] = {}

    def report(what: Message, done: int, total: int | None) -> None:
        step = render(what)
        states[what] = tr("{what}: {done:,}", what=step, done=done) if total is None else tr("{what}: {done:,} of {total:,}", what=step, done=done, total=total)

    with _heartbeat(lambda: tr(", ").join(states.values()), beat):
        yield report
    if states:
        say(tr(", ").join(states.values()))


@contextmanager
def _heartbeat(status: Callable[[], str], seconds: float) -> Iterator[None]:
    """Print the status and the time so far every few seconds while the context lasts."""
    stop, start = threading.Event(), time.monotonic()

    def beat() -> None:
        while not stop.wait(seconds):
            if text := status():
                say(f"{text} ({time.monotonic() - start:.0f} s)")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
