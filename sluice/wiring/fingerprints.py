"""Fingerprint the rules of each dataset, so that a model's card says by which rules its rows were published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sluice.config import Config
from sluice.config.renamed import original

_WITHOUT_EFFECT = {"source", "profile", "score_by"}
_FIRST_SETTINGS = frozenset({"mode", "key", "time", "window", "every", "grace", "columns", "suite", "clean", "detect", "gate"})
_FIRST_GATE_SETTINGS = frozenset({"minimum", "max_quarantined", "window", "max_closed", "max_age", "allow_untrained_detectors", "weights"})
_FIRST_COLUMN_SETTINGS = frozenset({"type", "required", "personal", "unit"})


def fingerprints(config: Config, datasets: Sequence[str]) -> Mapping[str, str]:
    """Hash all that decides which rows of a dataset are published: its columns, suite, cleaners, detectors and gate."""
    return {name: _digest({**_settings(config, name), "file": _file(config, name)}) for name in datasets}


def _settings(config: Config, dataset: str) -> Mapping[str, object]:
    """Return the settings of a dataset under their first names, so that neither a rename nor a new setting's default changes a fingerprint."""
    every = config.datasets[dataset].model_dump(mode="json", exclude=_WITHOUT_EFFECT)
    changed = config.datasets[dataset].model_dump(mode="json", exclude=_WITHOUT_EFFECT, exclude_defaults=True)
    columns = {name: _without_new(column, changed["columns"][name], _FIRST_COLUMN_SETTINGS) for name, column in every["columns"].items()}
    gate = _without_new(every["gate"], changed.get("gate", {}), _FIRST_GATE_SETTINGS)
    settings = original({**_without_new(every, changed, _FIRST_SETTINGS), "columns": columns, "gate": gate}, ("datasets", dataset))
    assert isinstance(settings, dict)  # noqa: S101  # as it went in
    return settings


def _without_new(every: Mapping[str, Any], changed: Mapping[str, Any], first: frozenset[str]) -> dict[str, Any]:
    """Return the settings without those that the first version did not have and that are at their defaults."""
    return {name: value for name, value in every.items() if name in first or name in changed}


def _file(config: Config, dataset: str) -> str:
    """Return the text of a suite that has a file of its own; empty where the suite stands in sluice.yaml."""
    suite = config.datasets[dataset].suite
    path = config.root / suite if isinstance(suite, str) else None
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""


def _digest(settings: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:16]
