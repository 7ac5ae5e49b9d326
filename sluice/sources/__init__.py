"""Where batches come from: files in landing folders, and SQL tables that are landed as files first."""

from __future__ import annotations

from sluice.sources.files import FileSource

__all__ = ["FileSource"]
