"""Writes the demo shop: its landing files, its configuration, and the truth of what was planted."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from importlib import resources
from pathlib import Path

import polars as pl

from sluice.demo import files
from sluice.demo.deliveries import START, TRUTH_OF_FILES, Size, deliveries
from sluice.errors import UsageError
from sluice.ports import Progress

VERSION = 1
CLOCK = "2026-03-15T06:00:00Z"


def write(
    folder: str | Path,
    seed: int = 1,
    *,
    days: int = 14,
    items: int = 2000,
    users: int = 2000,
    per_day: int = 15_000,
    clean: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write a shop into a folder: `landing/`, `sluice.yaml`, and `truth/`, which no pipeline reads.

    The same arguments give the same bytes. A shop that is there already is left alone; one that was interrupted is finished.

    Args:
        folder: Where to; made where it does not exist.
        seed: Another seed is another shop.
        days: Days that it is open, from 2026-03-01; at least 4.
        items: Items that it sells; at least 80.
        users: People who visit it.
        per_day: Events on an average day.
        clean: Plant no defects.
        progress: Told how far it is.

    Raises:
        UsageError: The folder holds another shop.
    """
    folder, size = Path(folder), Size(days, items, users, per_day)
    card = {"version": VERSION, "seed": seed, "clean": clean, **asdict(size)}
    if _is_written(folder, card):
        return
    truths: dict[str, list[pl.DataFrame]] = {"catalog": [], "events": []}
    wholes, written = [], []
    for delivery in deliveries(seed, size, clean=clean):
        files.put(folder / "landing" / delivery.dataset / delivery.file, delivery.content)
        truths[delivery.dataset].append(delivery.truth)
        wholes += [delivery.whole] if delivery.whole else []
        written.append(f"landing/{delivery.dataset}/{delivery.file}")
        if progress:
            progress("writing the demo shop", len(truths["catalog"]), days)
    for dataset, truth in truths.items():
        files.put(folder / "truth" / f"{dataset}.parquet", files.parquet(pl.concat([TRUTH_OF_FILES.to_frame(), *truth])))
    files.put(folder / "truth" / "files.json", json.dumps(wholes, indent=1).encode())
    if not (folder / "sluice.yaml").exists():
        files.put(folder / "sluice.yaml", configuration(days).encode())
    files.put(folder / "truth" / "shop.json", json.dumps({**card, "files": written}, indent=1).encode())


def configuration(days: int = 14) -> str:
    """The shop's sluice.yaml; its clock stands on the morning after the last day."""
    text = resources.files("sluice.demo").joinpath("shop.yaml").read_text(encoding="utf-8")
    return text.replace(CLOCK, f"{START + timedelta(days=days, hours=6):%Y-%m-%dT%H:%M:%SZ}")


def _is_written(folder: Path, card: dict[str, object]) -> bool:
    marker = folder / "truth" / "shop.json"
    if not marker.is_file():
        return False
    found = json.loads(marker.read_text())
    written = found.pop("files", [])
    if found != card:
        told = ", ".join(f"{name} {found.get(name)} instead of {value}" for name, value in card.items() if found.get(name) != value)
        raise UsageError(f"{folder} holds another demo shop ({told}); choose another folder, or remove that one")
    return all((folder / name).is_file() for name in [*written, "sluice.yaml"])
