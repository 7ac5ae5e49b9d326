"""Read batches from files in landing folders, and from SQL tables and topics that are landed as files first."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sluice.sources.delta import DeltaSource
    from sluice.sources.files import FileSource
    from sluice.sources.kafka import KafkaSource
    from sluice.sources.sql import SqlSource

__all__ = ["DeltaSource", "FileSource", "KafkaSource", "SqlSource"]

_LAZY = {"DeltaSource": "delta", "FileSource": "files", "KafkaSource": "kafka", "SqlSource": "sql"}


def __getattr__(name: str) -> object:
    """Import a source when it is first used: files need no database."""
    if name not in _LAZY:
        raise AttributeError(f"module 'sluice.sources' has no attribute {name!r}")
    return getattr(importlib.import_module(f"sluice.sources.{_LAZY[name]}"), name)
