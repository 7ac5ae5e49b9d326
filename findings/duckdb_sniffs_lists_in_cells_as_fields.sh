#!/usr/bin/env bash
# DuckDB 2.0.1: `read_csv` and `sniff_csv` choose the separator that divides the rows most finely, whatever the header says. In a file whose fields are separated by semicolons
# and whose last column lists words by commas (the products of Diginetica, a public set of shop data, are so), they take the comma. The header, which has none, is left out
# without an error, and ids, prices and first words end up in one text column. With fewer words in the list than separated fields the semicolon is chosen.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q duckdb==2.0.1
"$folder/venv/bin/python" - "$folder" <<'P'
import sys
from pathlib import Path

import duckdb

for words, separator, names in ((4, ",", ["column0", "column1", "column2", "column3"]), (2, ";", ["itemId", "pricelog2", "tokens"])):
    path = Path(sys.argv[1]) / f"{words}.csv"
    rows = [f"{row};{row % 15};" + ",".join(str(row * 7 + word) for word in range(words)) for row in range(1, 300)]
    path.write_text("\n".join(["itemId;pricelog2;tokens", *rows]) + "\n")
    ((chosen,),) = duckdb.sql(f"SELECT Delimiter FROM sniff_csv('{path}')").fetchall()
    read = duckdb.sql(f"SELECT * FROM read_csv('{path}')")
    print(f"{words} words in the list: separator {chosen!r}, columns {read.columns}, first row {read.limit(1).fetchall()}")
    assert (chosen, read.columns) == (separator, names)
P
