"""Find the files that could not be read, so that their rows are missing from the data that models learn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sluice.config import Config
from sluice.domain import EMPTY, Message, Run
from sluice.messages import render
from sluice.rules import unread_runs, window_end
from sluice.store import SqlStore
from sluice.wiring.gone_files import without_gone


def unread_files(config: Config, store: SqlStore, datasets: Iterable[str], now: datetime) -> list[Run]:
    """List the runs of the training windows whose files could not be read, and that no corrected file replaces."""
    unread: list[Run] = []
    for dataset in datasets:
        settings = config.datasets[dataset]
        runs = without_gone(store.runs.of(dataset))
        end = window_end(runs, now, settings.every)
        unread += unread_runs(runs, end - settings.gate.window, tables=settings.mode == "snapshot")
    return unread


def describe_unread(runs: Sequence[Run]) -> Message:
    """Name the files, why each could not be read, and what to do; empty where there is none.

    Args:
        runs: Runs of files that could not be read.
    """
    if not runs:
        return EMPTY
    return Message.of("files_unread", files=len(runs), reasons=tuple(map(_reason_of, runs)))


def _reason_of(run: Run) -> Message:
    file = Path(run.uri).name or run.id
    if render(run.error).startswith(file):
        return Message.of("unread_file_named", dataset=run.dataset, reason=run.error)
    return Message.of("unread_file_of_dataset", dataset=run.dataset, file=file, reason=run.error)
