#!/usr/bin/env bash
# deltalake 1.6.6: `create_write_transaction` with mode "overwrite" and a file that is in the table already writes an add and a remove of the same path into one
# commit, which the Delta protocol forbids. The rows stay readable, but what the file is to other readers is undefined. Empty the table in a commit before.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet deltalake==1.6.6 polars==2.1.0 pyarrow==25.0.1
cat > "$folder/show.py" <<'PY'
import json, sys
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.transaction import AddAction

table = Path(sys.argv[1])
log = table / "_delta_log"
write_deltalake(table, pl.DataFrame({"id": [1, 2]}))
handle = DeltaTable(table)
(path,) = pl.DataFrame(handle.get_add_actions(flatten=True))["path"]
add = AddAction(path, (table / path).stat().st_size, {}, 1, data_change=True, stats='{"numRecords":2}')
handle.create_write_transaction([add], "overwrite", handle.schema())
actions = [json.loads(line) for line in (log / f"{1:020d}.json").read_text().splitlines()]
added, removed = ({action[kind]["path"] for action in actions if kind in action} for kind in ("add", "remove"))
print(f"added and removed in one commit: {len(added & removed)} file; rows: {pl.scan_delta(str(table)).collect().height}")
assert added == removed == {path}
PY
"$folder/venv/bin/python" "$folder/show.py" "$folder/table"
