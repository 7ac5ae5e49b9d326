"""A small demo shop after its main job, made once; tests that change it take a copy. And empty databases, and a server of Spark Connect."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice import demo
from sluice.app import App, build
from tests.databases import empty_postgres
from tests.patience import PATIENCE
from tests.shared import shared_folder

SIZE = demo.Size(days=6, items=200, users=150, per_day=900)
UNSEEN = 7


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of an empty database of this test's own."""
    with empty_postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records' / 'sluice.db'}"
    address: str = request.getfixturevalue("postgres")
    return address


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop whose batches are all published."""

    def fill(folder: Path) -> None:
        demo.write(folder, UNSEEN, SIZE)
        with build(folder / "sluice.yaml") as app:
            list(app.run(app.pending_arrivals()))
            app.retrain(by="test")

    return shared_folder(tmp_path_factory, "shop", fill)


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


@pytest.fixture(scope="session")
def sail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Sail server, whose executors try a failed task again, as those of Spark do."""
    if importlib.util.find_spec("pysail") is None or importlib.util.find_spec("pyspark") is None:
        if "sail" in os.environ.get("SLUICE_REQUIRE", ""):
            pytest.fail("there is no pysail, and SLUICE_REQUIRE asks for it")
        pytest.skip("pysail and pyspark-client are not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [sys.executable, "-m", "pysail", "spark", "server", "--ip", "127.0.0.1", "--port", str(number)]
    roots = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "SAIL_MODE": "local-cluster", "PYTHONPATH": roots}
    with (tmp_path_factory.mktemp("sail") / "log").open("wb") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        try:
            _await_port(number, server)
            yield f"sc://127.0.0.1:{number}"
        finally:
            server.terminate()


def _await_port(number: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("Sail does not answer")
