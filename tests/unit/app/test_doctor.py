"""The doctor is right at its first call, and what is wrong with files is a warning: the installation works."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from sluice.app.doctor import examine
from sluice.cli.main import outcome
from sluice.messages import render

CONFIG = """
datasets:
  items:
    source: {files: "landing/items*.csv"}
    key: [sku]
    columns: {sku: {type: string}, title: {type: string}}
"""


def states(config: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    capsys.readouterr()
    code = outcome(["doctor", "--config", str(config), "--format", "json"])
    return code, {finding["what"]: finding["state"] for finding in json.loads(capsys.readouterr().out)}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "items-2026-03-01.csv").write_text("sku,title\na1,Cup\na2,Mug\n")
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    return tmp_path / "sluice.yaml"


def test_a_fresh_folder_is_fine_at_the_first_call(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, by_subject = states(config, capsys)
    assert code == 0
    assert set(by_subject.values()) == {"fine"}


def test_a_file_that_no_dataset_takes_is_a_warning(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "landing" / "zzz.csv").write_text("a,b\n1,2\n")
    code, by_subject = states(config, capsys)
    assert (code, by_subject["files"], by_subject["database"]) == (0, "warning", "fine")


def test_a_file_that_could_not_be_read_is_a_warning(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "landing" / "items-2026-03-02.csv.gz").write_bytes(gzip.compress(b"sku,title\na3,Bowl\n" * 200)[:-9])
    config.write_text(CONFIG.replace("items*.csv", "items*"))
    assert outcome(["run", "--config", str(config)]) == 1
    code, by_subject = states(config, capsys)
    assert (code, by_subject["unread files"]) == (0, "warning")


def test_steps_for_which_a_file_must_fit_into_memory_are_named(config: Path) -> None:
    def of_large_files() -> str:
        return next(render(finding.message) for finding in examine(config) if finding.subject == "large files")

    assert of_large_files() == "are evaluated in parts where they do not fit into limits.memory"
    config.write_text(f"{CONFIG}    suite: [expect_column_values_to_be_unique: {{column: title}}]\n")
    expected = "must fit into limits.memory (8.0 GiB) where a step sees all rows at once: items (expect_column_values_to_be_unique:title)"
    assert of_large_files() == expected


def test_large_files_are_not_examined_where_a_step_does_not_fit(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(f"{CONFIG}    clean: [record_linkage: {{columns: [title]}}]\n")
    code, by_subject = states(config, capsys)
    assert (code, by_subject["large files"]) == (3, "broken")
