#!/usr/bin/env bash
# deltalake 1.6.6: an append with schema_mode="merge" may add a field to a struct inside a list. Readers then see null in the older files, but
# DeltaTable.merge on that table fails from then on: it does not cast the older files to the grown struct ("Cannot cast column").
# A table whose struct columns may grow must be rewritten once before the next merge.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet deltalake==1.6.6 polars==2.1.0 pyarrow==25.0.1
"$folder/venv/bin/python" - "$folder/table" <<'PYTHON'
import sys

import polars as pl
from deltalake import DeltaTable

path = sys.argv[1]
pl.DataFrame({"id": [1, 2], "reasons": [[{"name": "a"}], []]}).write_delta(path)
grown = pl.DataFrame({"id": [3], "reasons": [[{"name": "b", "code": "x"}]]})
grown.write_delta(path, mode="append", delta_write_options={"schema_mode": "merge"})
rows = pl.read_delta(path).sort("id")["reasons"].to_list()
print("read after the append:", rows)
assert rows == [[{"name": "a", "code": None}], [], [{"name": "b", "code": "x"}]]
merge = DeltaTable(path).merge(grown.to_arrow(), "s.id = t.id", source_alias="s", target_alias="t")
try:
    merge.when_matched_update_all().when_not_matched_insert_all().execute()
except Exception as error:
    print("merge:", type(error).__name__, str(error)[:120])
    assert "Cannot cast column 'reasons'" in str(error)
else:
    raise SystemExit("merge works now: the rewrite before a merge is no longer needed")
PYTHON
