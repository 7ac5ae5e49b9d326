#!/usr/bin/env bash
# Polars 2.1.0: the first collect_schema() of pl.scan_delta imports numpy and pyarrow (about 100 ms and 60 MB), though the table is read by Polars' own
# Parquet reader. pl.scan_parquet over DeltaTable.file_uris() gives the same schema without either. It matters to short commands on Delta tables.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet deltalake==1.6.6 polars==2.1.0 pyarrow==25.0.1 numpy==2.4.6
run() { "$folder/venv/bin/python" -c "import sys, polars as pl; from deltalake import DeltaTable; $1; print(*sorted({'numpy', 'pyarrow'} & set(sys.modules)))"; }
run "pl.DataFrame({'id': [1]}).write_delta('$folder/table')" > /dev/null
by_delta=$(run "pl.scan_delta('$folder/table').collect_schema()")
by_parquet=$(run "pl.scan_parquet(DeltaTable('$folder/table').file_uris()).collect_schema()")
echo "scan_delta imports: $by_delta"
echo "scan_parquet over file_uris imports: ${by_parquet:-nothing}"
[ "$by_delta" = "numpy pyarrow" ] && [ -z "$by_parquet" ]
