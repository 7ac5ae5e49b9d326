#!/usr/bin/env bash
# ruamel.yaml 0.19.1: the round-trip loader gives times as `TimeStamp`, a subclass of datetime whose deep copy has no zone any more: 08:00+02:00 becomes a naive 08:00.
# `copy.deepcopy` and `dataclasses.asdict` do so without an error; `copy.copy` keeps the zone. Make plain datetimes of loaded times before they go on.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ruamel.yaml==0.19.1
"$folder/venv/bin/python" - <<'PYTHON'
import copy

from ruamel.yaml import YAML

loaded = YAML().load("at: 2026-03-03T08:00:00+02:00")["at"]
shallow, deep = copy.copy(loaded), copy.deepcopy(loaded)
print("loaded:", loaded.isoformat(), "; copy:", shallow.isoformat(), "; deep copy:", deep.isoformat())
assert loaded.isoformat() == shallow.isoformat() == "2026-03-03T08:00:00+02:00"
assert deep.isoformat() == "2026-03-03T08:00:00" and deep.tzinfo is None
PYTHON
