"""Which rules judged what a model learned from: a fingerprint that changes with them, and with nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sluice.config import load
from sluice.wiring.fingerprints import fingerprints

YAML = """
datasets:
  events:
    source: {files: "landing/*.csv"}
    columns: {item: {type: string}, price: {type: number}}
    suite: [{expect_column_values_to_not_be_null: {column: item}}]
  more:
    source: {files: "more/*.csv"}
    columns: {item: {type: string}}
    suite: suite.json
"""


def of(folder: Path, old: str = "", new: str = "", suite: str = '{"expectations": []}') -> Mapping[str, str]:
    (folder / "suite.json").write_text(suite)
    (folder / "sluice.yaml").write_text(YAML.replace(old, new) if old else YAML)
    return fingerprints(load(folder / "sluice.yaml"), ["events", "more"])


def test_the_same_rules_have_the_same_fingerprint_wherever_the_files_lie(tmp_path: Path) -> None:
    assert of(tmp_path) == of(tmp_path) == of(tmp_path, "landing/", "elsewhere/")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{column: item}", "{column: price}"),
        ("suite: [", "clean: [parse]\n    suite: ["),
        ("suite: [", "gate: {minimum: 95}\n    suite: ["),
        ("price: {type: number}", "price: {type: string}"),
    ],
)
def test_another_rule_cleaner_limit_or_type_is_told(tmp_path: Path, old: str, new: str) -> None:
    before, after = of(tmp_path), of(tmp_path, old, new)
    assert before["events"] != after["events"]
    assert before["more"] == after["more"]


def test_a_suite_in_a_file_of_its_own_counts_by_what_it_says(tmp_path: Path) -> None:
    rule = '{"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "item"}}'
    before, after = of(tmp_path), of(tmp_path, suite=f'{{"expectations": [{rule}]}}')
    assert before["events"] == after["events"]
    assert before["more"] != after["more"]
