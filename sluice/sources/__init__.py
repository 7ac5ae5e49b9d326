"""Read batches from files in landing folders, and from SQL tables that are landed as files first."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sluice.sources.delta import DeltaSource
    from sluice.sources.files import FileSource
    from sluice.sources.sql import SqlSource

__all__ = ["DeltaSource", "FileSource", "SqlSource"]

_LAZY = {"DeltaSource": "delta", "FileSource": "files", "SqlSource": "sql"}


def __getattr__(name: str) -> object:
    """Import a source when it is first used: files need no database."""
    if name not in _LAZY:
        raise AttributeError(f"module 'sluice.sources' has no attribute {name!r}")
    return getattr(importlib.import_module(f"sluice.sources.{_LAZY[name]}"), name)
