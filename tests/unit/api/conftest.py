"""A shop whose HTTP API is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sluice.app import build
from tests.unit.api.asking import Client, write_shop


@pytest.fixture(scope="session")
def shop_read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after its run; nothing may be changed in it."""
    path = write_shop(tmp_path_factory.mktemp("api"))
    with build(path) as app:
        assert len(list(app.run(app.pending_arrivals()))) == 2
    return path


@pytest.fixture
def client_of() -> Iterator[Callable[..., Client]]:
    """Make clients, and close their shops in the end."""
    clients: list[Client] = []

    def make(path: Path, **settings: Any) -> Client:
        clients.append(Client(path, **settings))
        return clients[-1]

    yield make
    for one in clients:
        one.close()


@pytest.fixture
def ask(shop_read: Path, client_of: Callable[..., Client]) -> Client:
    """Ask the API of the shop."""
    return client_of(shop_read)


@pytest.fixture
def own(shop_read: Path, tmp_path: Path) -> Path:
    """A copy of the shop that a test may change."""
    shutil.copytree(shop_read.parent, tmp_path / "own")
    return tmp_path / "own" / "sluice.yaml"
