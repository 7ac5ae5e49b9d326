"""The README stays short, and its first example prints what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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
