"""A shop of one dataset with a detector, whose one file is published."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.cli.language import speak
from tests.shared import shared_folder

CONFIG = """\
shop: Cups
clock: 2026-03-02
datasets:
  events:
    source: {files: landing/events-*.csv}
    key: [id]
    columns: {id: {type: string}, quantity: {type: integer}}
    suite: [expect_column_values_to_not_be_null: {column: quantity}]
    clean: [parse]
"""
DETECT = "    detect: [autoencoder]\n"
RECOMMENDER = "recommender: {events: events, items: events, user: id, item: id, time: id}\n"


@pytest.fixture
def _chinese() -> Iterator[None]:
    """Let this process write Chinese."""
    speak("zh")
    yield
    speak("en")


def write_shop(folder: Path, config: str) -> Path:
    (folder / "landing").mkdir()
    (folder / "landing" / "events-2026-03-01.csv").write_text("id,quantity\na,1\nb,2\nc,\n", encoding="utf-8")
    path = folder / "sluice.yaml"
    path.write_text(config, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def published_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of its sluice.yaml; nothing is changed in it."""

    def fill(folder: Path) -> None:
        path = write_shop(folder, CONFIG + DETECT + RECOMMENDER)
        subprocess.run([sys.executable, "-c", f"import sluice; assert len(sluice.run({str(path)!r})) == 1"], check=True)

    return shared_folder(tmp_path_factory, "cups", fill) / "sluice.yaml"
