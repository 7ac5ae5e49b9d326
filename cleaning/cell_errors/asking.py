"""List the rows that people are asked about next, each as if those before it were labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cleaning.cell_errors.context import Context
from cleaning.cell_errors.labelling import Labelling
from sluice.domain import Message, RowToLabel


def rows_to_label(labelling: Labelling, ids: Sequence[str], labelled: Sequence[int], count: int) -> Iterator[RowToLabel]:
    """Yield the rows to label next, in their order.

    Args:
        labelling: Chooses them.
        ids: Id of each row.
        labelled: Places of the rows that are labelled.
        count: Number of rows, at most.
    """
    context, chosen = Context(labelling.reference, labelling.evidence), list(labelled)
    table = labelling.evidence.table
    while len(chosen) < len(labelled) + count and (following := labelling.next_row(chosen)) is not None:
        row = following.row
        chosen.append(row)
        cells = {name: table.cell(row, place) for place, name in enumerate(table.names)}
        suspects = {table.names[place]: context.suspect(row, place) for place in labelling.suspects(row)}
        near = [context.cells(other) for other in context.near(row)]
        yield RowToLabel(ids[row], cells, suspects, near, following.covered, following.gain, following.enough)


def report_rows(rows: Iterator[RowToLabel], count: int, progress: Callable[[Message, int, int | None], object]) -> list[RowToLabel]:
    """Collect rows, and report after each how many there are."""
    collected, step = list[RowToLabel](), Message.of("step_choosing")
    progress(step, 0, count)
    for row in rows:
        collected.append(row)
        progress(step, len(collected), count)
    return collected
