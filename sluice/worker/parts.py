"""Evaluate an arrival that does not fit into memory, or is for a cluster, in parts: its rows wait on disk."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from sluice.domain import Arrival, Batch, Outcome, Staged
from sluice.errors import NotInParts
from sluice.partitions import InTurn, Parts, evaluate_parts
from sluice.ports import Steps, needs_of_steps, stage
from sluice.sources.files import FileParts
from sluice.store import SqlStore
from sluice.store.drafts import Draft
from sluice.worker.exchange import FolderExchange
from sluice.worker.spooling import Division, Spooled, load_part, require_together, spool

Engine: TypeAlias = Callable[[Spooled, Draft], Parts]

_PROGRAM = 700 * 2**20  # bytes of memory without any rows
_TIMES = 5.0  # bytes of memory that a byte of a row takes while it is judged, cleaned and written
_LARGEST = 2**21  # rows of a part


@runtime_checkable
class PartSource(Protocol):
    """Read an arrival batch by batch."""

    def parts(self, arrival: Arrival, memory: int) -> FileParts:
        """Return the rows batch by batch.

        Raises:
            NotInParts: The arrival is read as a whole.
        """
        ...


def rows_that_fit(memory: int, width: float) -> int:
    """Estimate how many rows are judged as a whole within a limit of memory.

    Args:
        memory: Bytes of memory.
        width: Bytes of a row.
    """
    return max(int((memory - _PROGRAM) / (_TIMES * width)), 1)


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """Hold the size of an arrival.

    Attributes:
        rows: The rows, batch by batch.
        fit: Number of rows that fit into memory.
    """

    rows: FileParts
    fit: int


def size_of(source: object, arrival: Arrival, memory: int, *, any_size: bool = False) -> Size | None:
    """Return the size of an arrival; None where it is surely small, or read as a whole alone.

    Args:
        source: Source of the dataset.
        arrival: The arrival.
        memory: Bytes of memory of the process that judges.
        any_size: Whether the size of a small one is asked for too.
    """
    if not isinstance(source, PartSource):
        return None
    try:
        rows = source.parts(arrival, 0 if any_size else memory - _PROGRAM)
        first = next(rows.begin(), None)
    except NotInParts:
        return None
    width = 0.0 if first is None else first.rows.estimated_size() / max(first.rows.height, 1)
    return Size(rows, rows_that_fit(memory, width)) if width else None


def plan_division(source: object, arrival: Arrival, steps: Steps, memory: int, most: int | None = None) -> Division | None:
    """Divide an arrival that is larger than what fits into memory; None where it fits, or cannot be divided.

    Args:
        source: Source of the dataset.
        arrival: The arrival.
        steps: Steps of the dataset.
        memory: Bytes of memory of the process that judges a part.
        most: Largest number of rows of a part, where parts are evaluated elsewhere; an arrival of more rows is divided, even one that fits.
    """
    needs = needs_of_steps(steps)
    size = None if needs.undivided() else size_of(source, arrival, memory, any_size=most is not None)
    if size is None or size.rows.rows <= min(size.fit, most or size.fit):
        return None
    return Division(size.rows, needs.together_by(), math.ceil(size.rows.rows / min(max(size.fit // 2, 1), most or _LARGEST)))


def stage_parts(
    division: Division,
    arrival: Arrival,
    store: SqlStore,
    complete: Callable[[Batch], Batch],
    evaluate: Callable[[Batch], Outcome],
    engine: Engine,
    finish: Callable[[Outcome], Outcome],
    scratch: Path | None = None,
) -> Staged:
    """Evaluate an arrival in parts, and stage each part once it is evaluated.

    Args:
        division: How it is divided.
        arrival: The arrival.
        store: Where it is staged.
        complete: Adds what is known of the arrival to its rows.
        evaluate: Evaluates a batch.
        engine: Says where the parts are evaluated.
        finish: Adds to the outcome of all parts, without their rows, what it makes of earlier runs.
        scratch: Folder for the rows of the parts; that of the stages by default.

    Raises:
        NotInParts: It must be evaluated as a whole.
    """
    draft = store.draft(arrival.dataset, arrival.id, arrival.uri)
    with store.staging.scratch(arrival.dataset, arrival.id, scratch) as folder:
        try:
            with stage("read"):
                spooled = spool(division, folder, store.schemas[arrival.dataset].time, complete)
            outcome = finish(evaluate_parts(engine(spooled, draft), evaluate, spooled.empty, spooled.expected))
            if outcome.replaced.height:  # rows of a table before, which no part replaces alone
                draft.add(outcome, is_part=True)
        except BaseException:
            draft.forget()
            raise
        return draft.seal(outcome)


def in_this_process(spooled: Spooled, draft: Draft, evaluate: Callable[[Batch], Outcome]) -> Parts:
    """Evaluate the parts one after the other in this process.

    Args:
        spooled: The rows.
        draft: Takes the outcome of each part.
        evaluate: Evaluates a batch.
    """
    loads = [functools.partial(load_part, spooled.empty, spooled.folder, part) for part in range(spooled.parts)]

    def keep(outcome: Outcome) -> None:
        require_together(outcome, spooled.together)
        draft.add(outcome, is_part=True)

    return InTurn(loads, evaluate, keep, draft.forget, lambda part: FolderExchange(spooled.exchanged, part, spooled.parts, spooled.together))
