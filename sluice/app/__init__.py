"""Offer the use cases of Sluice: `build` makes an `App` from a configuration file; requests are carried out on it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sluice.app.app import App
    from sluice.app.building import build
    from sluice.app.cleanup import vacuum
    from sluice.app.requests import carry_out, process_requests

__all__ = ["App", "build", "carry_out", "process_requests", "vacuum"]

_LAZY = {"App": "app", "build": "building", "carry_out": "requests", "process_requests": "requests", "vacuum": "cleanup"}


def __getattr__(name: str) -> object:
    """Import a use case when it is first used: `sluice init` needs neither store nor database."""
    if name not in _LAZY:
        raise AttributeError(f"module 'sluice.app' has no attribute {name!r}")
    return getattr(importlib.import_module(f"sluice.app.{_LAZY[name]}"), name)
