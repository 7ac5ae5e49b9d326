"""Decide which requests carry out what people accept of a language model's proposals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sluice.domain import CorrectedCell, ModelProposal, Request


def is_acceptable(proposal: ModelProposal) -> bool:
    """Return whether a proposal can be carried out: a row that would still be held is not published, and a contradiction changes nothing."""
    return proposal.is_open and proposal.check != "fails" and proposal.kind != "contradiction"


def accepted_cells(proposals: Sequence[ModelProposal]) -> tuple[CorrectedCell, ...]:
    """Return the right values of cells that some proposals give."""
    return tuple(CorrectedCell(one.row, one.column, one.text) for one in proposals if one.kind == "cell")


def accepted_values(proposals: Sequence[ModelProposal]) -> Mapping[str, str]:
    """Return the right value by each wrong one that some proposals for a column give."""
    return {str(one.value): str(one.text) for one in proposals if one.kind == "value"}


def requests_of(proposals: Sequence[ModelProposal], names: Iterator[str], request: Request) -> Iterator[tuple[Request, Sequence[ModelProposal]]]:
    """Yield the requests that carry proposals out: one for all cells, and one for the values of each column, which names its trial.

    Args:
        proposals: Proposals for one dataset.
        names: Ids of requests and trials.
        request: Holds dataset, person, reason and time.

    Example:
        >>> from datetime import UTC, datetime
        >>> from sluice.domain import EMPTY
        >>> now = datetime(2026, 3, 1, tzinfo=UTC)
        >>> cell = ModelProposal("p1", "orders", "cell", "b.0", "price", "-1", "1", "", "fits", EMPTY, "m", 1, now)
        >>> [(filed, part)] = requests_of([cell], iter(["q1"]), Request("", "correct", "orders", "Ann", "", now))
        >>> filed.id, filed.kind, filed.rows
        ('q1', 'correct', ('b.0',))
    """
    if cells := [one for one in proposals if one.kind == "cell"]:
        yield replace(request, id=next(names), kind="correct", rows=tuple(dict.fromkeys(one.row for one in cells))), cells
    values = [one for one in proposals if one.kind == "value"]
    for column in dict.fromkeys(one.column for one in values):
        part = [one for one in values if one.column == column]
        yield replace(request, id=next(names), kind="map_values", rows=(next(names),), rule="map_values"), part
