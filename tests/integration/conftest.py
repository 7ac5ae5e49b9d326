"""A small demo shop after its main job, made once; tests that change it take a copy."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice import demo
from sluice.app import App, build

SIZE = demo.Size(days=6, items=200, users=150, per_day=900)
UNSEEN = 7


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop whose batches are all published."""
    folder = tmp_path_factory.mktemp("shop")
    demo.write(folder, UNSEEN, SIZE)
    with build(folder / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        app.retrain(by="test")
    return folder


@pytest.fixture
def shop(worked: Path, tmp_path: Path) -> Path:
    """A copy of it, to change at will; gives its sluice.yaml."""
    shutil.copytree(worked, tmp_path / "shop")
    return tmp_path / "shop" / "sluice.yaml"


@pytest.fixture
def opened() -> Iterator[Callable[[Path], App]]:
    """Opens applications, and closes them in the end."""
    apps: list[App] = []

    def opening(path: Path) -> App:
        apps.append(build(path))
        return apps[-1]

    yield opening
    for app in apps:
        app.close()


@pytest.fixture
def port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
