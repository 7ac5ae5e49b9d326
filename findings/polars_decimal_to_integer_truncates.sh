#!/usr/bin/env bash
# Polars 2.1.0: casting a Decimal column to an integer cuts the fraction off without an error, also with `strict=True`: 1.50 becomes 1 and .99 becomes 0. A strict
# cast of the same values as text raises. A quantity that a Parquet file holds as Decimal is changed silently; compare after the cast.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet polars==2.1.0
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

import polars as pl

cells = pl.Series("qty", [Decimal("1.50"), Decimal("0.99"), Decimal("-1.50")], pl.Decimal(10, 2))
whole = cells.cast(pl.Int64, strict=True).to_list()
try:
    cells.cast(pl.String).cast(pl.Int64, strict=True)
    text = "cast"
except pl.exceptions.InvalidOperationError:
    text = "refused"
print("decimals as integers:", whole, "; the same as text:", text)
assert whole == [1, 0, -1] and text == "refused"
PYTHON
