#!/usr/bin/env bash
# deltalake 1.6.6: a table with a deletion vector (here an inline one, as the Delta protocol has it) opens without complaint. QueryBuilder and Polars' scan_delta
# leave the deleted row out, to_pyarrow_table refuses the table though deletion_vectors() reads the vector, and the files of file_uris() still hold the row:
# a reader of these files must ask deletion_vectors(), or refuse the reader feature itself.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet deltalake==1.6.6 polars==2.1.0 pyarrow==25.0.1 numpy==2.4.6
cat > "$folder/show.py" <<'PY'
import json, struct, sys
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, QueryBuilder, write_deltalake

table = Path(sys.argv[1])
write_deltalake(table, pl.DataFrame({"id": [1, 2, 3]}))
log = table / "_delta_log"
actions = [json.loads(line) for line in (log / f"{0:020d}.json").read_text().splitlines()]
add = next(action["add"] for action in actions if "add" in action)

# RoaringBitmapArray of the position 1: magic number, one 32-bit bitmap with the high key 0, in the portable format; padded and written in Z85
bitmap = struct.pack("<IQI", 1681511377, 1, 0) + struct.pack("<IIHHIH", 12346, 1, 0, 0, 16, 1)
bitmap += b"\0" * (-len(bitmap) % 4)
digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
words = [int.from_bytes(bitmap[start : start + 4], "big") for start in range(0, len(bitmap), 4)]
inline = "".join(digits[word // 85**power % 85] for word in words for power in (4, 3, 2, 1, 0))
vector = {"storageType": "i", "pathOrInlineDv": inline, "sizeInBytes": len(bitmap), "cardinality": 1}
protocol = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
remove = {"path": add["path"], "deletionTimestamp": add["modificationTime"], "dataChange": True, "partitionValues": {}, "size": add["size"]}
commit = [{"protocol": protocol}, {"remove": remove}, {"add": {**add, "deletionVector": vector}}]
(log / f"{1:020d}.json").write_text("".join(json.dumps(action) + "\n" for action in commit))

handle = DeltaTable(table)
by_query = pl.DataFrame(QueryBuilder().register("t", handle).execute("select * from t")).height
by_files = pl.scan_parquet(handle.file_uris()).collect().height
vectors = pl.DataFrame(handle.deletion_vectors())["selection_vector"].to_list()
try:
    refused = handle.to_pyarrow_table() is None
except Exception as error:
    refused = type(error).__name__
print(f"opened at version {handle.version()}; vectors {vectors}; rows by query {by_query}, by scan_delta {pl.scan_delta(str(table)).collect().height}, "
      f"by the files {by_files}; to_pyarrow_table: {refused}")
assert (by_query, by_files, vectors, refused) == (2, 3, [[True, False, True]], "DeltaProtocolError")
PY
"$folder/venv/bin/python" "$folder/show.py" "$folder/table"
