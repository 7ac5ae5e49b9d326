#!/usr/bin/env bash
# OpenCC 1.4.2 (Python): `convert` returns a text only up to its first NUL, without an error. JSON and Parquet can hold one in a text, so a title of a catalog loses its rest.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q opencc==1.4.2
"$folder/venv/bin/python" - <<'P'
import json

from opencc import OpenCC

title = json.loads('"\\u7d05\\u8272\\u0000\\u99ac\\u514b\\u676f 350 ml"')
converted = OpenCC("tw2sp").convert(title)
print(f"{len(title)} characters in, {len(converted)} out: {converted!r}")
assert converted == "红色"
P
