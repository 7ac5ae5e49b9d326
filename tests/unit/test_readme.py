"""The README stays short, and its first example prints what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sluice.cron import parse_cron

READMES = [Path(__file__).parents[2] / name for name in ("README.md", "README.zh.md")]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_first_example_prints_what_the_readme_says(tmp_path: Path, readme: Path) -> None:
    match = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None
    code, output = match.groups()
    assert len(code.splitlines()) <= 15
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == output


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_is_short(readme: Path) -> None:
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_names_a_schedule_that_serve_follows(readme: Path) -> None:
    match = re.search(r"^sluice serve .*schedule: \{ingest: \"([^\"]+)\"\}", readme.read_text(encoding="utf-8"), re.MULTILINE)
    assert match is not None
    assert parse_cron(match[1], "UTC")


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_asks_for_the_reasons_that_it_promises(readme: Path) -> None:
    assert re.search(r'shop\.recommend\("u00042", 10, language="en"\)', readme.read_text(encoding="utf-8"))
