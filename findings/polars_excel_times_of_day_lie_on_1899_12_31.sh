#!/usr/bin/env bash
# Polars 2.1.0 with fastexcel 0.21.0 and XlsxWriter 3.3.1: a column of times of day that Polars itself writes to xlsx comes back from `read_excel` as date-times on 1899-12-31,
# without a warning; only `schema_overrides` gives times. Dates of the same sheet count from 1899-12-30, so a program that adds the two as serial numbers, date + time of day,
# is one day late: 2026-11-20 and 08:00 become 2026-11-21 08:00.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q polars==2.1.0 fastexcel==0.21.0 xlsxwriter==3.3.1
"$folder/venv/bin/python" - "$folder/till.xlsx" <<'P'
import sys
from datetime import date, datetime, time

import polars as pl

sold = pl.DataFrame({"day": [date(2026, 11, 20)], "clock": [time(8)]})
sold.write_excel(sys.argv[1])
read = pl.read_excel(sys.argv[1])
print(f"written {sold.schema}, read {read.schema}: {read.rows()}")
assert read.rows() == [(date(2026, 11, 20), datetime(1899, 12, 31, 8))]
assert pl.read_excel(sys.argv[1], schema_overrides={"clock": pl.Time})["clock"].to_list() == [time(8)]
day_zero = datetime(1899, 12, 30)
added = read.select(pl.col("day").cast(pl.Datetime("ms")) + (pl.col("clock") - day_zero)).item()
print(f"date and time of day added: {added}")
assert added == datetime(2026, 11, 21, 8)
P
