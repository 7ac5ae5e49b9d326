"""How results and progress reach a terminal or another program."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from sluice.ports import Progress as Told


class Format(StrEnum):
    """How a result is written to stdout."""

    table = "table"
    json = "json"


ConfigOption = Annotated[str, typer.Option("--config", "-c", envvar="SLUICE_CONFIG", help="the configuration file")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="a table for people, or JSON for programs")]
ByOption = Annotated[str, typer.Option("--by", envvar="USER", help="your name, for the log")]
NoteOption = Annotated[str, typer.Option("--note", "-n", help="why; kept in the log")]

BEAT = 5.0  # seconds between two lines of progress where stderr is no terminal
WIDEST = 60  # of a cell in a table; a longer one ends in an ellipsis, JSON has it whole
_stderr = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Tell the person at the terminal something that is no result."""
    _stderr.print(Text(text), soft_wrap=True)  # a line stays a line, for whoever reads it from a pipe


def show(rows: Iterable[Mapping[str, object]], form: Format, *, empty: str = "nothing to show", widest: int = WIDEST) -> None:
    """Write rows to stdout: as a table, no cell of it wider than `widest`, or as a JSON list."""
    rows = list(rows)
    if form is Format.json:
        sys.stdout.write(json.dumps(rows, default=plain, indent=2, ensure_ascii=False) + "\n")
    elif not rows:
        say(empty)
    else:
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
        console.print(_table(rows, widest))


def show_one(facts: Mapping[str, object], form: Format, text: str) -> None:
    """Write one result to stdout: as text, or as a JSON object."""
    sys.stdout.write((json.dumps(facts, default=plain, indent=2, ensure_ascii=False) if form is Format.json else text) + "\n")


def plain(value: object) -> object:
    """What JSON can hold of a value."""
    return value.isoformat() if isinstance(value, datetime) else list(value) if isinstance(value, Sequence | set | frozenset) else str(value)


def _table(rows: Sequence[Mapping[str, object]], widest: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, value in rows[0].items():
        table.add_column(name, justify="right" if isinstance(value, int | float) and not isinstance(value, bool) else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value, widest)) for value in row.values()))
    return table


def _cell(value: object, widest: int = WIDEST) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:,.1f}"
        case int() if not isinstance(value, bool):
            return f"{value:,}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return text if len(text := " ".join(str(value).split())) <= widest else text[: widest - 1] + "…"


@contextmanager
def progress() -> Iterator[Told]:
    """Show bars on stderr, one per task; where stderr is no terminal, a line every few seconds. Without a report nothing is written."""
    if not _stderr.is_terminal:
        with _progress_lines() as report:
            yield report
        return
    bars = Progress(TextColumn("{task.description:<28}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), console=_stderr)
    tasks: dict[str, TaskID] = {}

    def show_bar(what: str, done: int, total: int | None) -> None:
        if what not in tasks:
            bars.start()
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    try:
        yield show_bar
    finally:
        if tasks:
            bars.stop()


@contextmanager
def elapsed(text: str) -> Iterator[None]:
    """Say what is being done, and for how long it has been."""
    say(text)
    if not _stderr.is_terminal:
        with _heartbeat(lambda: text):
            yield
        return
    with Progress(TextColumn(""), TimeElapsedColumn(), console=_stderr, transient=True) as clock:
        clock.add_task("")
        yield


@contextmanager
def _progress_lines() -> Iterator[Told]:
    states: dict[str, str] = {}

    def note(what: str, done: int, total: int | None) -> None:
        states[what] = f"{what}: {done:,}" + (f" of {total:,}" if total is not None else "")

    with _heartbeat(lambda: ", ".join(states.values())):
        yield note
    if states:
        say(", ".join(states.values()))


@contextmanager
def _heartbeat(status: Callable[[], str]) -> Iterator[None]:
    """Say the status and the seconds so far every BEAT seconds while the context lasts."""
    stop, start = threading.Event(), time.monotonic()

    def beat() -> None:
        while not stop.wait(BEAT):
            if text := status():
                say(f"{text} ({time.monotonic() - start:.0f} s)")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
