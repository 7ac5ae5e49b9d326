#!/usr/bin/env bash
# scikit-learn 1.9.1: HistGradientBoostingClassifier takes missing values (NaN), but not a feature that is missing in all rows, as a column that nobody fills in, or that
# one fold of a cross-validation lacks: `fit` ends with "window shape cannot be larger than input array shape", which names neither the feature nor the cause.
# A feature with one value in all rows is taken. Whoever trains on columns of people has to leave out empty ones, by each fold.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q scikit-learn==1.9.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'P'
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

rows, same = np.random.default_rng(0).random((40, 2)), np.arange(40) % 2


def outcome(column: list[float]) -> str:
    try:
        HistGradientBoostingClassifier().fit(np.column_stack([rows, column]), same)
    except ValueError as error:
        return str(error)
    return "fitted"


outcomes = {"some missing": outcome([np.nan] * 39 + [1.0]), "one value": outcome([1.0] * 40), "all missing": outcome([np.nan] * 40)}
print(outcomes)
assert outcomes == {"some missing": "fitted", "one value": "fitted", "all missing": "window shape cannot be larger than input array shape"}
P
