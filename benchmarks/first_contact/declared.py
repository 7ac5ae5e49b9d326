"""Let `sluice init` describe a platform's first day, and find the dataset that it made of each table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.first_contact.landing import land, sluice
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.shop import Shop
from benchmarks.first_contact.truth import Sheet
from sluice.config import Config, load
from sluice.errors import SluiceError


@dataclass(frozen=True, slots=True)
class Declared:
    """Hold what `init` wrote for a platform.

    Attributes:
        config: The configuration; None where there is none.
        taken: Name of the dataset by table.
        failure: Why there is no configuration.
    """

    config: Config | None = None
    taken: dict[str, str] = field(default_factory=dict)
    failure: str = ""


def describe(folder: Path, platform: Platform, shop: Shop) -> Declared:
    """Land a platform's first day in a folder and describe it.

    Args:
        folder: An empty folder.
        platform: The platform.
        shop: The shop whose exports they are.
    """
    sheets = platform.files(shop, 0)
    land(folder, sheets, 0)
    config, failure = configuration(folder)
    return Declared(config, match(config, sheets) if config else {}, failure)


def configuration(folder: Path) -> tuple[Config | None, str]:
    """Run `sluice init landing/` in a folder; return the configuration that it wrote, or the reason why there is none."""
    done = sluice(folder, "init", "landing/")
    if done.returncode or not (folder / "sluice.yaml").exists():
        return None, (done.stderr or done.stdout).strip()[-400:]
    try:
        return load(folder / "sluice.yaml", {}), ""
    except SluiceError as error:
        return None, f"{type(error).__name__}: {error}"


def match(config: Config, sheets: Sequence[Sheet]) -> dict[str, str]:
    """Return the dataset that takes each table's file, by the pattern of its source."""
    taken: dict[str, str] = {}
    for sheet in sheets:
        for name, dataset in config.datasets.items():
            patterns = getattr(dataset.source, "files", None) or ()
            if any(fnmatch(sheet.file, Path(pattern).name) for pattern in ([patterns] if isinstance(patterns, str) else patterns)):
                taken.setdefault(sheet.table.name, name)
    return taken
