"""Write the demo shop: its landing files, its configuration, and the ground truth of the injected faults."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

import polars as pl

from sluice.demo import files
from sluice.demo.deliveries import START, TRUTH_OF_FILES, Size, deliveries
from sluice.domain import Message
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import Progress

VERSION = 2
CLOCK = "2026-03-15T06:00:00Z"


def write(folder: str | Path, seed: int = 1, size: Size | None = None, *, clean: bool = False, progress: Progress | None = None) -> None:
    """Write a shop into a folder: `landing/`, `sluice.yaml`, and `truth/`, which no pipeline reads.

    The same arguments give the same bytes. An existing shop is left alone; an interrupted one is finished.

    Args:
        folder: Target folder; created where it does not exist.
        seed: Another seed is another shop.
        size: How large the shop is; it is open from 2026-03-01.
        clean: Inject no faults.
        progress: Called with each finished day.

    Raises:
        UsageError: The folder holds another shop.
    """
    folder, size = Path(folder), size or Size()
    card = {"version": VERSION, "seed": seed, "clean": clean, **asdict(size)}
    if _is_written(folder, card):
        return
    truths: dict[str, list[pl.DataFrame]] = {"catalog": [], "events": []}
    file_faults, written = [], []
    for delivery in deliveries(seed, size, clean=clean):
        files.write_atomically(folder / "landing" / delivery.dataset / delivery.file, delivery.content)
        truths[delivery.dataset].append(delivery.truth)
        file_faults += [delivery.file_fault] if delivery.file_fault else []
        written.append(f"landing/{delivery.dataset}/{delivery.file}")
        if progress:
            progress(Message.of("step_writing_demo"), len(truths["catalog"]), size.days)
    for dataset, truth in truths.items():
        files.write_atomically(folder / "truth" / f"{dataset}.parquet", files.to_parquet(pl.concat([TRUTH_OF_FILES.to_frame(), *truth])))
    files.write_atomically(folder / "truth" / "files.json", json.dumps(file_faults, indent=1).encode())
    if not (folder / "sluice.yaml").exists():
        files.write_atomically(folder / "sluice.yaml", configuration(size.days).encode())
    files.write_atomically(folder / "truth" / "shop.json", json.dumps({**card, "files": written}, indent=1).encode())


def configuration(days: int = 14) -> str:
    """Return the shop's sluice.yaml; its clock stands at 06:00 UTC after the last day."""
    text = resources.files("sluice.demo").joinpath("shop.yaml").read_text(encoding="utf-8")
    return text.replace(CLOCK, f"{START + timedelta(days=days, hours=6):%Y-%m-%dT%H:%M:%SZ}")


def start_clock(folder: Path, now: datetime) -> None:
    """Let the shop's clock advance from where it stands; a clock that runs, or that a person has set, is left alone.

    Args:
        folder: The shop.
        now: Time of the computer's clock.
    """
    path = folder / "sluice.yaml"
    text, days = path.read_text(encoding="utf-8"), json.loads((folder / "truth" / "shop.json").read_text())["days"]
    line = next(line for line in configuration(days).splitlines() if line.startswith("clock: "))
    if line in text:
        instant = line.split()[1]
        running = (
            f"clock: {{start: {instant}, since: {now:%Y-%m-%dT%H:%M:%SZ}}}   # shows `start` at the moment `since`, and advances; a real shop leaves it out"
        )
        files.write_atomically(path, text.replace(line, running).encode())


def _is_written(folder: Path, card: dict[str, object]) -> bool:
    marker = folder / "truth" / "shop.json"
    if not marker.is_file():
        return False
    existing = json.loads(marker.read_text())
    written = existing.pop("files", [])
    if existing != card:
        differences = ", ".join(f"{name} {existing.get(name)} instead of {value}" for name, value in card.items() if existing.get(name) != value)
        raise make_error(UsageError, "demo_shop_differs", folder=str(folder), differences=differences)
    return all((folder / name).is_file() for name in [*written, "sluice.yaml"])
