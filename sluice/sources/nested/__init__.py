"""Read values within nested columns by their paths."""

from __future__ import annotations

from sluice.sources.nested.extract import Extracted, extract, source_columns

__all__ = ["Extracted", "extract", "source_columns"]
