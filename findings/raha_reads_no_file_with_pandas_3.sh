#!/usr/bin/env bash
# raha 1.26, the newest version on PyPI, does not pin pandas, and `pip install raha` brings pandas 3. With it no file can be read: `Dataset` calls
# `DataFrame.applymap`, which pandas 2.1 deprecated and pandas 3.0 removed. So neither Raha nor Baran run as installed; they do with `pandas<3` beside them.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pandas==3.0.0
"$folder/venv/bin/pip" install -q --no-deps raha==1.26  # its other dependencies play no part in reading a file
"$folder/venv/bin/python" - "$folder" <<'P'
import importlib.util
import sys
from importlib.metadata import requires
from pathlib import Path

table = Path(sys.argv[1]) / "dirty.csv"
table.write_text("city,zip\nKiel,24103\n")
package = importlib.util.find_spec("raha").submodule_search_locations[0]
spec = importlib.util.spec_from_file_location("dataset", Path(package) / "dataset.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
wanted = [name for name in requires("raha") if name.startswith("pandas")]
try:
    outcome = module.Dataset({"name": "toy", "path": str(table)}).dataframe.shape
except AttributeError as error:
    outcome = str(error)
print(wanted, outcome)
assert wanted == ["pandas"] and outcome == "'DataFrame' object has no attribute 'applymap'", (wanted, outcome)
P
