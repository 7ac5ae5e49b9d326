#!/usr/bin/env bash
# deltalake 1.6.6: write_deltalake(mode="overwrite") on a handle that was opened before another writer appended does not fail. It is committed on
# top of the append (up to 15 retries), removes the files of the handle's own version alone, and the appended rows stay beside the new ones.
# With CommitProperties(max_commit_retries=0) it is refused, and can begin again from a new handle.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet deltalake==1.6.6 polars==2.1.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError


def overwrite_after_append(path: str, properties: CommitProperties) -> list[int]:
    write_deltalake(path, pl.DataFrame({"id": [1]}))
    stale = DeltaTable(path)
    write_deltalake(path, pl.DataFrame({"id": [2]}), mode="append")
    try:
        write_deltalake(stale, pl.DataFrame({"id": [3]}), mode="overwrite", commit_properties=properties)
    except CommitFailedError as error:
        print("refused:", error)
    return pl.read_delta(path).sort("id")["id"].to_list()


retried = overwrite_after_append(f"{sys.argv[1]}/retried", CommitProperties())
refused = overwrite_after_append(f"{sys.argv[1]}/refused", CommitProperties(max_commit_retries=0))
print("left to its retries:", retried, "without retries:", refused)
assert retried == [2, 3]
assert refused == [1, 2]
PYTHON
