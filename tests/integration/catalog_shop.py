"""A shop whose orders refer to a catalog of items that is sent whole."""

from __future__ import annotations

from pathlib import Path

CATALOG = """\
shop: Cups
clock: 2026-03-02T09:00:00Z
datasets:
  items:
    source: {files: landing/items*.csv}
    mode: snapshot
    key: [id]
    columns: {id: {type: string}, price: {type: number}}
    suite: [expect_column_values_to_be_between: {column: price, min_value: 0}]
"""


def write_shop(folder: Path, orders: str) -> Path:
    """Write the configuration of a shop without files, with that of its orders; return its path."""
    (folder / "landing").mkdir()
    (folder / "sluice.yaml").write_text(CATALOG + orders, encoding="utf-8")
    return folder / "sluice.yaml"
