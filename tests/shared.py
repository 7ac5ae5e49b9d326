"""Make a folder once for all processes that run the tests."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def shared_folder(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """Return this process's own copy of a folder, which the process that asks first fills while the others wait.

    Args:
        factory: That of the session.
        name: Name of the folder, one among all tests.
        fill: Fills it; what is in it may be moved to another path afterwards.
    """
    folder = factory.mktemp(name)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        fill(folder)
        return folder
    original, finished = factory.getbasetemp().parent / name, factory.getbasetemp().parent / f"{name}.finished"
    with finished.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            shutil.rmtree(original, ignore_errors=True)
            original.mkdir()
            fill(original)
            finished.touch()
    return Path(shutil.copytree(original, folder, dirs_exist_ok=True))
