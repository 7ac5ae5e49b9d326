"""Keep the right values of cells that a request names, until it is answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from sluice.domain import CorrectedCell
from sluice.store.tables import CORRECTED_CELLS


def add_cells(connection: Connection, request: str, cells: Sequence[CorrectedCell]) -> None:
    """Record the right values of a request.

    Args:
        connection: The transaction that files it.
        request: Its id.
        cells: Its cells.
    """
    if cells:
        facts = ({"request": request, "position": number, "row_id": cell.row, "column": cell.column, "text": cell.text} for number, cell in enumerate(cells))
        connection.execute(insert(CORRECTED_CELLS), list(facts))


def read_cells(connection: Connection, request: str) -> tuple[CorrectedCell, ...]:
    """Return the right values of a request, in their order."""
    columns = CORRECTED_CELLS.c
    query = select(columns.row_id, columns.column, columns.text).where(columns.request == request).order_by(columns.position)
    return tuple(CorrectedCell(*row) for row in connection.execute(query))


def drop_cells(connection: Connection, request: str) -> None:
    """Forget the right values of a request that is answered."""
    connection.execute(delete(CORRECTED_CELLS).where(CORRECTED_CELLS.c.request == request))
