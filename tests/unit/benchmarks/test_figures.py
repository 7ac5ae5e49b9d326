"""Figures name the commit that they were measured on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import figures


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "benchmarks" / "results").mkdir(parents=True)
    for name in ("benchmarks/figures.py", "benchmarks/results/demo.json", "code.py"):
        (tmp_path / name).write_text("1\n")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "-qm", "Begin"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    monkeypatch.setattr(figures, "__file__", str(tmp_path / "benchmarks" / "figures.py"))
    return tmp_path


def test_new_figures_leave_the_commit_as_it_is_and_other_changes_do_not(repository: Path) -> None:
    head = subprocess.run(["git", "-C", str(repository), "rev-parse", "--short=7", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    (repository / "benchmarks/results/demo.json").write_text("2\n")
    (repository / "notes.txt").write_text("not tracked\n")
    assert figures.commit() == head
    (repository / "code.py").write_text("2\n")
    assert figures.commit() == f"{head}+"


def test_outside_of_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "__file__", str(tmp_path / "figures.py"))
    assert figures.commit() == ""
