"""Fingerprint the rules of each dataset, so that a model's card says by which rules its rows were published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from sluice.config import Config
from sluice.config.renamed import original


def fingerprints(config: Config, datasets: Sequence[str]) -> Mapping[str, str]:
    """Hash all that decides which rows of a dataset are published: its columns, suite, cleaners, detectors and gate."""
    return {name: _digest({**_settings(config, name), "file": _file(config, name)}) for name in datasets}


def _settings(config: Config, dataset: str) -> Mapping[str, object]:
    """Return the settings of a dataset under their first names, so that a rename alone changes no fingerprint."""
    settings = original(config.datasets[dataset].model_dump(mode="json", exclude={"source"}), ("datasets", dataset))
    assert isinstance(settings, dict)  # noqa: S101  # as it went in
    return settings


def _file(config: Config, dataset: str) -> str:
    """Return the text of a suite that has a file of its own; empty where the suite stands in sluice.yaml."""
    suite = config.datasets[dataset].suite
    path = config.root / suite if isinstance(suite, str) else None
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""


def _digest(settings: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:16]
