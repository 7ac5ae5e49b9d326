"""What is heavy is imported when it is used, not before."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("great_expectations", "pandas", "torch", "pyod", "sklearn", "streamlit")


@pytest.mark.parametrize("module", ["sluice", "sluice.jobs", "checks", "detectors", "cleaning", "recommender", "sluice.app", "sluice.cli"])
def test_nothing_heavy_is_loaded(module: str) -> None:
    code = f"import {module}, sys, json; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(loaded) == []
