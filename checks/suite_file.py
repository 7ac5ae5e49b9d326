"""Reads a Great Expectations suite in JSON as the steps that it would be in sluice.yaml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sluice.config import SettingsError, Step


def read_suite(path: Path) -> list[Step]:
    """The steps of a Great Expectations suite in JSON; `meta.sluice` may hold on_fail and dimension.

    Raises:
        SettingsError: The file is not there, or is no suite.
    """
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
        return [_step(each) for each in suite["expectations"]]
    except OSError as error:
        raise SettingsError([("", f"the suite {path} cannot be read: {error.strerror}")]) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError([("", f"{path} is no Great Expectations suite in JSON: it needs `expectations`, each with `type` and `kwargs`")]) from None


def _step(each: Mapping[str, Any]) -> Step:
    said = {key: each[key] for key in ("severity", "description") if each.get(key)}
    ours = (each.get("meta") or {}).get("sluice") or {}
    kwargs = {key: value for key, value in (each.get("kwargs") or {}).items() if key != "batch_id"}
    return Step(name=each.get("type") or each["expectation_type"], settings={**kwargs, **said, **ours})
