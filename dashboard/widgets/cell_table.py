"""Draw one quarantined row cell by cell: as it arrived, as it is now, its repairs, the cells that caused a rule to fail, and the published row of its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from polars import selectors as cs

from dashboard.i18n.language import tr
from dashboard.safety.escape import markup
from sluice.domain import MASK, RAW, REASONS, Schema
from sluice.rules.conflicts import compare_cells


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one cell with its history.

    Attributes:
        column: Its column.
        arrived: Its text before cleaning; None where it was empty.
        now: Its text after cleaning; None where it is empty, or could not be read as its type.
        blamed: Whether it caused a rule to fail.
        cleaners: Cleaners that changed it, in order.
        suggestion: A repair that is not certain enough to be applied.
        published: Text of the cell that is published for its key, where the row is held for a conflict; None where that is empty.
        differs: Whether the published cell is another one.
    """

    column: str
    arrived: str | None
    now: str | None
    blamed: bool = False
    cleaners: tuple[str, ...] = ()
    suggestion: str | None = None
    published: str | None = None
    differs: bool = False


def collect_cells(row: pl.DataFrame, repairs: pl.DataFrame, schema: Schema, rival: pl.DataFrame | None = None) -> list[Cell]:
    """Return the declared columns of a row, personal ones masked.

    Args:
        row: A frame of one row with `_raw` and `_reasons`.
        repairs: The row's repairs, in order (schema REPAIRS).
        schema: Declared columns of the dataset.
        rival: The published row with its key, where the row is held for a conflict; a frame of one row.
    """
    values, unread = _texts(row, schema), {cell["column"]: cell["text"] for cell in _structs(row, RAW)}
    blamed = {column for reason in _structs(row, REASONS) for column in reason["columns"] or ()}
    steps = repairs.to_dicts()
    cells = [
        _cell(name, values.get(name), unread.get(name), [step for step in steps if step["column"] == name], blamed=name in blamed) for name in schema.names
    ]
    if rival is not None:
        differing = {cell.column for cell in compare_cells(row, rival, schema) if cell.differs}
        published = _texts(rival, schema)
        cells = [replace(cell, published=published.get(cell.column), differs=cell.column in differing) for cell in cells]
    personal = {column.name for column in schema.columns if column.personal}
    return [_mask(cell) if cell.column in personal else cell for cell in cells]


def _texts(row: pl.DataFrame, schema: Schema) -> Mapping[str, str | None]:
    declared = row.select(name for name in schema.names if name in row.columns)
    return declared.with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String).row(0, named=True)


def _structs(row: pl.DataFrame, name: str) -> Sequence[Mapping[str, Any]]:
    return (row[name].to_list()[0] or ()) if name in row.columns else ()


def _cell(column: str, value: str | None, unread: str | None, repairs: Sequence[Mapping[str, object]], *, blamed: bool) -> Cell:
    applied = [repair for repair in repairs if repair["applied"]]
    candidates = [repair for repair in repairs if not repair["applied"]]
    arrived = _text(applied[0]["old"]) if applied else unread if value is None else value
    suggestion = _text(candidates[-1]["new"]) if candidates else None
    return Cell(column, arrived, value, blamed, tuple(str(repair["cleaner"]) for repair in applied), suggestion)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _mask(cell: Cell) -> Cell:
    def hide(text: str | None) -> str | None:
        return None if text is None else MASK

    return replace(cell, arrived=hide(cell.arrived), now=hide(cell.now), suggestion=hide(cell.suggestion), published=hide(cell.published))


def cells_html(cells: Sequence[Cell]) -> str:
    """Return the cells as an HTML table in which every text is escaped; blamed and repaired rows are marked by colour and in words.

    Where a cell differs from the published one, a column shows those that do.
    """
    compared = any(cell.differs for cell in cells)
    headers = (tr("Column"), tr("On arrival"), tr("Now"), *([tr("Published")] if compared else []), tr("Remarks"))
    head = "".join(f"<th>{markup(header)}</th>" for header in headers)
    rows = "".join(_row_html(cell, compared=compared) for cell in cells)
    return f'<table class="cells"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row_html(cell: Cell, *, compared: bool) -> str:
    style = "blamed" if cell.blamed or cell.differs else "repaired" if cell.cleaners else ""
    published = [value_html(cell.published) if cell.differs else ""] if compared else []
    columns = (markup(cell.column), value_html(cell.arrived), value_html(cell.now), *published, markup("; ".join(_remarks(cell))))
    return f'<tr class="{style}">{"".join(f"<td>{column}</td>" for column in columns)}</tr>'


def value_html(text: str | None) -> str:
    """Return a cell's text as HTML; an empty one in words."""
    return f'<span class="none">{markup(tr("empty"))}</span>' if text is None else markup(text)


def _remarks(cell: Cell) -> list[str]:
    remarks = [tr("fails a rule")] if cell.blamed else []
    if cell.differs:
        remarks.append(tr("differs from the published row"))
    if cell.cleaners:
        remarks.append(tr("repaired by {cleaners}", cleaners=", ".join(cell.cleaners)))
    if cell.now is None and cell.arrived is not None:
        remarks.append(tr("could not be read"))
    if cell.suggestion is not None:
        remarks.append(tr("suggested: {value}", value=cell.suggestion))
    return remarks
