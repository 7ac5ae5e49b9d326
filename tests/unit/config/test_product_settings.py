"""Products are compared, shown and stored by columns that are not personal."""

from __future__ import annotations

from pathlib import Path

from sluice.config import load
from sluice.config.product_settings import ProductColumns, product_columns

CONFIG = """\
datasets:
  items:
    source: {files: "items/*.csv"}
    key: [id]
    columns:
      id: {type: string, personal: PERSONAL_KEY}
      title: {type: string}
      seller_phone: {type: integer, personal: true}
      price: {type: number}
    clean:
      - record_linkage: {text_columns: [title], numeric_columns: [price, seller_phone]}
    suite: [expect_column_values_to_not_be_null: {column: id}]
"""


def columns_of(folder: Path, *, personal_key: bool) -> ProductColumns | None:
    path = folder / "sluice.yaml"
    path.write_text(CONFIG.replace("PERSONAL_KEY", str(personal_key).lower()), encoding="utf-8")
    return product_columns(load(path), "items")


def test_a_personal_number_that_the_cleaner_names_is_neither_shown_nor_stored(tmp_path: Path) -> None:
    columns = columns_of(tmp_path, personal_key=False)
    assert columns is not None
    assert columns.display_columns == ("title", "price")


def test_products_of_a_personal_key_are_not_compared(tmp_path: Path) -> None:
    assert columns_of(tmp_path, personal_key=True) is None
