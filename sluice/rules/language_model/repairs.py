"""Ask for the right values of cells of held rows, and decide which of the answers are candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from sluice.domain import CorrectedCell, Question
from sluice.rules.language_model.answers import Form, schema_of_form

TASK, VERSION = "repair_cells", 1
INSTRUCTIONS = (
    "You help a data steward of a shop. `rows` are rows that a data quality gate holds back, each with the cells that may be wrong (`blamed`) and why. "
    "`columns` gives type and unit of each column, `examples` are rows that passed. For each blamed cell whose right value follows from the other cells of "
    "its row, or is evident, give that value as the column holds it, and one short sentence that says what it follows from. Leave out every cell that you "
    "are not sure of: no repair is better than a guess. `value` null empties the cell."
)
_Text = Annotated[str, Field(max_length=2000)]


class CellRepair(Form):
    """Give the right value of one cell: number of the row, column, value, and why."""

    row: int
    column: _Text
    value: _Text | None
    why: _Text


class CellRepairs(Form):
    """Hold the right values of cells."""

    repairs: tuple[CellRepair, ...] = Field(max_length=1000)


def question_about(dataset: str, columns: Mapping[str, object], rows: Sequence[Mapping[str, object]], examples: Sequence[Mapping[str, str | None]]) -> Question:
    """Return the question about some rows, each with `row`, `cells`, `blamed` and `reasons`."""
    data = {"dataset": dataset, "columns": columns, "rows": list(rows), "examples": list(examples)}
    return Question(TASK, VERSION, INSTRUCTIONS, data, schema_of_form(CellRepairs))


def candidates(
    answer: CellRepairs, rows: Sequence[str], blamed: Sequence[Sequence[str]], cells: Sequence[Mapping[str, str | None]]
) -> Iterator[tuple[CorrectedCell, str]]:
    """Yield the repairs that may be checked, with their reasons: of a row that was asked about, in a column that is to blame, to another value.

    Args:
        answer: What the model answered.
        rows: Ids of the rows, in the order in which they were asked about; the first is 1.
        blamed: By row the columns to blame.
        cells: By row the cells that were sent.

    Example:
        >>> repair = CellRepair(row=1, column="price", value="2.50", why="the total is 2.50")
        >>> other = CellRepair(row=1, column="user", value="u2", why="")
        >>> [cell for cell, why in candidates(CellRepairs(repairs=(repair, other)), ["b.0"], [["price"]], [{"price": "-2.50"}])]
        [CorrectedCell(row='b.0', column='price', text='2.50')]
    """
    places: set[tuple[int, str]] = set()
    for repair in answer.repairs:
        place = (repair.row, repair.column)
        if not 1 <= repair.row <= len(rows) or repair.column not in blamed[repair.row - 1] or place in places:
            continue
        if repair.value == cells[repair.row - 1].get(repair.column) or (repair.value is not None and not repair.value.strip()):
            continue
        places.add(place)
        yield CorrectedCell(rows[repair.row - 1], repair.column, repair.value), repair.why.strip()
