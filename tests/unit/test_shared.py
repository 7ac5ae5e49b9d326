"""A folder that several processes of tests need is filled once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import cast

import pytest

from tests.shared import shared_folder


@dataclass(frozen=True)
class Factory:
    """The folders of one process."""

    base: Path

    def getbasetemp(self) -> Path:
        return self.base

    def mktemp(self, name: str) -> Path:
        folder = self.base / f"{name}0"
        folder.mkdir(parents=True)
        return folder


def folder_of(base: Path, fills: list[Path], barrier: Barrier) -> Path:
    def fill(folder: Path) -> None:
        fills.append(folder)
        (folder / "rows").write_text("1\n")

    barrier.wait()
    return shared_folder(cast("pytest.TempPathFactory", Factory(base)), "shop", fill)


def test_each_process_has_a_copy_of_the_one_that_was_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    fills: list[Path] = []
    barrier = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda name: folder_of(tmp_path / name, fills, barrier), ["gw0", "gw1", "gw2", "gw3"]))
    assert len(fills) == 1
    assert [(folder / "rows").read_text() for folder in folders] == ["1\n"] * 4
    assert len({*folders, *fills}) == 5


def test_a_single_process_fills_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    fills: list[Path] = []
    assert [folder_of(tmp_path, fills, Barrier(1))] == fills


def test_a_folder_whose_filling_failed_is_filled_afresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError(folder)

    with pytest.raises(OSError, match="shop"):
        shared_folder(cast("pytest.TempPathFactory", Factory(tmp_path / "gw0")), "shop", fail)
    assert [path.name for path in folder_of(tmp_path / "gw1", [], Barrier(1)).iterdir()] == ["rows"]
