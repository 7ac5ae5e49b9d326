#!/usr/bin/env bash
# usearch 2.26.6: a batch search that reaches fewer vectors than were asked for pads the keys with 0, also where no vector has the key 0; only `counts` says
# where an answer ends. Many equal vectors cause it: of 600 vectors, 300 of them equal, a search for 500 reaches 378. Who reads `keys` alone takes the
# padding for an item. Keep one vector of those that are equal, and cut each row of `keys` at its count.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet usearch==2.26.6 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from usearch.index import Index

vectors = np.tile(np.array([[1, 0, 0, 0]], np.float32), (600, 1))
vectors[300:] = np.random.default_rng(0).normal(size=(300, 4))
index = Index(ndim=4, metric="ip", dtype="f16", connectivity=16, expansion_add=64, expansion_search=64)
index.add(np.arange(1000, 1600), vectors, threads=1)
matches = index.search(vectors[:4], 500, threads=1)
print("reached:", matches.counts.tolist(), "of 500; smallest keys:", [int(keys.min()) for keys in matches.keys])
assert all(count < 500 for count in matches.counts), "every answer was complete"
assert all(keys.min() == 0 for keys in matches.keys), "the padding is no longer 0"
PYTHON
