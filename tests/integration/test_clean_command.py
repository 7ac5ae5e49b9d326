"""`sluice clean --dry-run` shows what the cleaners change, and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.cli.main import outcome

CONFIG = """\
datasets:
  orders:
    source: {files: "landing/*.csv"}
    mode: append
    key: [id]
    columns:
      id: {type: string}
      country: {type: string}
      phone: {type: string, personal: true}
      weight: {type: number}
    clean:
      - standardize: {column: country, form: country}
      - standardize: {column: phone, form: phone, region: DE}
      - deduplicate
"""
FIRST = "id,country,phone,weight\no1,Germany,030 12345678,1\no2,Germany,,2\no3,DE,,\n"
SECOND = "id,country,phone,weight\no4,France,030 12345678,1\no4,Spain,030 12345678,1\n"


@pytest.fixture
def dry_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "landing" / "d1.csv").write_text(FIRST, encoding="utf-8")

    def preview(*arguments: str) -> dict[str, Any]:
        capsys.readouterr()
        assert outcome(["clean", "orders", "--dry-run", "--format", "json", *arguments]) == 0
        preview: dict[str, Any] = json.loads(capsys.readouterr().out)
        return preview

    return preview


def test_what_waits_is_previewed(dry_run: Callable[..., dict[str, Any]]) -> None:
    changes = {change["column"]: change for change in dry_run()["changes"]}
    assert changes["country"] == {
        "batch": "d1.csv",
        "cleaner": "standardize",
        "column": "country",
        "repaired": 2,
        "candidates": 0,
        "samples": [{"old": "Germany", "new": "DE", "cells": 2}],
    }
    assert changes["phone"]["samples"] == [{"old": "•••", "new": "•••", "cells": 1}]
    assert not (Path.cwd() / ".sluice" / "lake" / "orders").exists()


def test_rows_that_a_cleaner_holds_are_counted(dry_run: Callable[..., dict[str, Any]]) -> None:
    Path("landing/d1.csv").unlink()
    Path("landing/d2.csv").write_text(SECOND, encoding="utf-8")
    assert [(held["batch"], held["held"]) for held in dry_run()["held"]] == [("d2.csv", 1)]


def test_published_batches_are_cleaned_as_they_arrived(dry_run: Callable[..., dict[str, Any]]) -> None:
    assert outcome(["run"]) == 0
    assert {change["column"] for change in dry_run()["changes"]} == {"country", "phone"}  # nothing waits: the newest published batch
    more = CONFIG + "      - impute: {column: weight, strategy: median, min_rows: 2}\n"
    Path("new.yaml").write_text(more, encoding="utf-8")
    (imputed,) = [change for change in dry_run("--since", "1d", "--config", "new.yaml")["changes"] if change["cleaner"] == "impute"]
    assert imputed["samples"] == [{"old": None, "new": "1.5", "cells": 1}]


def test_without_dry_run_nothing_is_cleaned(dry_run: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    _ = dry_run
    assert outcome(["clean", "orders"]) == 2
    assert "`sluice clean orders --dry-run` shows what the cleaners change" in capsys.readouterr().err


def test_people_read_a_table(dry_run: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    _ = dry_run
    assert outcome(["clean", "orders", "--dry-run"]) == 0
    printed = capsys.readouterr()
    assert "'Germany' → 'DE' (2)" in printed.out
    assert "d1.csv: 3 cells of 3 rows would be repaired; nothing was written" in printed.err
