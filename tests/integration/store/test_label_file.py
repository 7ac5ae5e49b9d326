"""A file of labels is changed by one process at a time: what another writes at the same instant stays."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest

from sluice.domain import LABEL_COLUMNS
from sluice.errors import UsageError
from sluice.store.label_file import change_label_file, read_label_file

WRITER = """
import sys
from pathlib import Path
import polars as pl
from sluice.store.label_file import change_label_file
path, name = Path(sys.argv[1]), sys.argv[2]
sys.stdin.readline()  # both begin at once
for number in range(20):
    line = pl.DataFrame({"row": [f"{name}.{number}"], "column": ["*"], "value": [""]})
    change_label_file(path, lambda lines: pl.concat([lines, line]))
"""


def test_two_processes_that_answer_at_once_both_stay(tmp_path: Path) -> None:
    path = tmp_path / "labels" / "beers.csv"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stdin=subprocess.PIPE, text=True) for name in ("ann", "bo")]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        with writer:
            assert writer.wait() == 0
    assert sorted(read_label_file(path)["row"]) == sorted(f"{name}.{number}" for name in ("ann", "bo") for number in range(20))


def test_an_answer_that_comes_while_another_is_written_waits_for_it(tmp_path: Path) -> None:
    path, entered, begun = tmp_path / "beers.csv", threading.Event(), threading.Event()

    def add(row: str, lines: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([lines, pl.DataFrame({"row": [row], "column": ["*"], "value": [""]})])

    def slow(lines: pl.DataFrame) -> pl.DataFrame:
        entered.set()
        assert begun.wait(60)
        return add("a.0", lines)

    first = threading.Thread(target=change_label_file, args=(path, slow))
    first.start()
    assert entered.wait(60)

    def follow() -> None:
        begun.set()
        change_label_file(path, lambda lines: add("a.1", lines))

    second = threading.Thread(target=follow)
    second.start()
    first.join()
    second.join()
    assert read_label_file(path)["row"].to_list() == ["a.0", "a.1"]


def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    path.write_text("row,column,value\na.0,*,\n")
    before = path.stat()
    assert change_label_file(path, lambda lines: lines).columns == list(LABEL_COLUMNS)
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_that_cannot_be_written_is_named_without_its_folder(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("no folder")
    with pytest.raises(UsageError, match=r"^beers\.csv cannot be written"):
        change_label_file(tmp_path / "labels" / "beers.csv", lambda lines: lines)
