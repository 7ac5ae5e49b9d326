"""Read batches from files in landing folders, and from SQL tables that are landed as files first."""

from __future__ import annotations

from sluice.sources.files import FileSource
from sluice.sources.sql import SqlSource

__all__ = ["FileSource", "SqlSource"]
