"""A file that could not be read is named by each later run, with the command that reads it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.cli.main import outcome
from tests.integration.prices_shop import config_of, write_shop

CONFIG = config_of(columns="sku: {type: string}, title: {type: string}")


def test_a_run_with_nothing_new_says_which_file_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_shop(tmp_path, CONFIG, {1: ["a,red"]}, "sku,title")
    broken = tmp_path / "landing" / "prices-2026-03-02.csv"
    broken.write_bytes("sku,title\nb,grün\n".encode("cp1252"))
    command = ["run", "--config", str(path)]
    assert outcome(command) == 1
    capsys.readouterr()
    assert outcome(command) == 0
    output = "".join(capsys.readouterr())
    assert "nothing new arrived" in output
    assert "1 file could not be read; mend the cause and run `sluice run --retry-failed`" in output
    assert "prices-2026-03-02.csv" in output
    path.write_text(CONFIG.replace('*.csv"}', '*.csv", encoding: cp1252}'))
    assert outcome([*command, "--retry-failed"]) == 0
    assert outcome(command) == 0
    assert "could not be read" not in "".join(capsys.readouterr())
