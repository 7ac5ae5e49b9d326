"""The base install runs checks, cleaning, quarantine and gate; where an extra is missing, the message names it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sluice.errors import EXTRAS
from sluice.messages import missing_extra

BLOCK = f"""
import os, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {sorted(EXTRAS)!r}:
            raise ModuleNotFoundError(f'No module named {{name!r}}', name=name)
sys.meta_path.insert(0, Blocked())
"""
CONFIG = """\
shop: Cups
clock: 2026-03-02
datasets:
  events:
    source: {files: landing/events-*.csv}
    columns: {id: {type: string}, quantity: {type: integer}}
    suite: [expect_column_values_to_not_be_null: {column: quantity}]
    clean: [parse, normalize_text]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop with one file; a site directory blocks the packages of the extras in every process."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "events-2026-03-01.csv").write_text("id,quantity\na,1\nb,2\nc,\n", encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BLOCK, encoding="utf-8")
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def sluice(shop: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    line = [sys.executable, "-c", "from sluice.cli import main; main()", *arguments]
    environment = {"PYTHONPATH": f"{shop / 'site'}:{root}", "PATH": "/usr/bin:/bin", "HOME": str(shop)}
    return subprocess.run(line, cwd=shop, env=environment, capture_output=True, text=True, check=False)


def test_the_base_runs_init_run_quarantine_and_gate(shop: Path) -> None:
    for arguments in (["init", "landing", "--to", "new.yaml"], ["run"], ["quarantine", "list", "events"]):
        done = sluice(shop, *arguments)
        assert done.returncode == 0, (arguments, done.stderr)
    assert sluice(shop, "gate", "events").returncode == 1, "a third of the rows is held"


def test_a_missing_extra_is_named(shop: Path) -> None:
    config = shop / "sluice.yaml"
    config.write_text(f"{CONFIG}    detect: [isolation_forest]\n", encoding="utf-8")
    assert "pip install 'sluice[detectors" in sluice(shop, "run").stderr


def test_each_package_of_an_extra_has_its_message() -> None:
    assert "pip install 'sluice[recommender]'" in str(missing_extra(ModuleNotFoundError(name="bm25s")))
    assert missing_extra(ModuleNotFoundError(name="something")) is None
