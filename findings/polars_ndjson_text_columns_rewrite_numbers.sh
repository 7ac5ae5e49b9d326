#!/usr/bin/env bash
# Polars 2.1.0: `read_ndjson` with a column declared as text does not give the text of the file where the file has a number: 1.10 becomes "1.1" and 1e5 becomes
# "100000", while 12345678901234567890 stays. Order numbers and prices that must be kept as they are written need a reader that keeps the text of numbers.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet polars==2.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import io

import polars as pl

lines = io.StringIO('{"price": 1.10}\n{"price": 1e5}\n{"price": 12345678901234567890}\n')
texts = pl.read_ndjson(lines, schema={"price": pl.String})["price"].to_list()
print("numbers as text:", texts)
assert texts == ["1.1", "100000", "12345678901234567890"]
PYTHON
