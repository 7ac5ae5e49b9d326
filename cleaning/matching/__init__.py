"""The same product under two ids."""

from __future__ import annotations

from cleaning.matching.cleaner import Matching

__all__ = ["Matching"]
