"""A command that needs a dataset and got none names those that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.cli.main import outcome

CONFIG = """
datasets:
  events: {source: {files: "landing/events*.csv"}, mode: append, columns: {id: {}}}
  items: {source: {files: "landing/items*.csv"}, mode: append, columns: {id: {}}}
"""


@pytest.mark.parametrize("command", [["gate"], ["quarantine", "show"], ["audit"]])
def test_the_datasets_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    assert outcome([*command, "--config", str(tmp_path / "sluice.yaml")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2:] == ["Error: Missing argument 'dataset'.", "the datasets of sluice.yaml: events, items"]


def test_a_configuration_that_cannot_be_read_adds_no_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["gate", f"--config={tmp_path / 'sluice.yaml'}"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "Error: Missing argument 'dataset'."
