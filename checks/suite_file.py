"""Read a Great Expectations suite in JSON as the steps that it would be in sluice.yaml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sluice.config import SettingsError, Step


def read_suite(path: Path) -> list[Step]:
    """Read the steps of a Great Expectations suite in JSON; `meta.sluice` may hold on_fail and dimension.

    Raises:
        SettingsError: The file does not exist, or is no suite.
    """
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
        return [_step(expectation) for expectation in suite["expectations"]]
    except OSError as error:
        raise SettingsError([("", f"the suite {path} cannot be read: {error.strerror}")]) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError([("", f"{path} is no Great Expectations suite in JSON: it needs `expectations`, each with `type` and `kwargs`")]) from None


def _step(expectation: Mapping[str, Any]) -> Step:
    shared = {key: expectation[key] for key in ("severity", "description") if expectation.get(key)}
    sluice_settings = (expectation.get("meta") or {}).get("sluice") or {}
    kwargs = {key: value for key, value in (expectation.get("kwargs") or {}).items() if key != "batch_id"}
    return Step(name=expectation.get("type") or expectation["expectation_type"], settings={**kwargs, **shared, **sluice_settings})
