"""Decide whether a dataset's stored rows fit its declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from sluice.domain import Layout, LayoutChanges, Schema, type_name


def compare_layouts(schema: Schema, tables: Iterable[Mapping[str, pl.DataType]], layout: Layout | None) -> LayoutChanges:
    """Return how a declaration differs from what is stored, in what only a rebuild can carry out.

    A new column needs none: it is null in earlier rows. Nor does one that is declared no longer: its cells stay stored.

    Args:
        schema: The declaration.
        tables: Columns and types of the stored tables of rows.
        layout: Mode and key that the newest run was published with; None where it is not recorded.

    Example:
        >>> from sluice.domain import Column
        >>> schema = Schema("items", "upsert", ("sku",), (Column("sku"), Column("unit_price", "number", was="price")))
        >>> changes = compare_layouts(schema, [{"sku": pl.Int64(), "price": pl.Float64()}], Layout("upsert", ("sku",)))
        >>> changes.renamed, changes.retyped
        ({'unit_price': 'price'}, {'sku': ('integer', 'string')})
    """
    stored = list(tables)
    if not stored:
        return LayoutChanges()
    renamed = {column.name: column.was for column in schema.columns if column.was and any(column.was in table for table in stored)}
    retyped: dict[str, tuple[str, str]] = {}
    for table in stored:
        for column in schema.columns:
            before = table.get(column.name, table.get(column.was or "", column.dtype))
            if before != column.dtype:
                retyped[column.name] = (type_name(before), column.type)
    if layout is None:
        return LayoutChanges(renamed, retyped)
    now = Layout.of(schema)
    names = {before: name for name, before in renamed.items()}
    key = tuple(names.get(name, name) for name in layout.key)
    changed_key = (key, layout.blank_key) != (now.key, now.blank_key)
    return LayoutChanges(
        renamed,
        retyped,
        (_key_text(layout), _key_text(now)) if changed_key else None,
        (layout.mode, now.mode) if layout.mode != now.mode else None,
    )


def _key_text(layout: Layout) -> str:
    return f"[{', '.join(layout.key)}]" + (" (blank allowed)" if layout.blank_key else "")
