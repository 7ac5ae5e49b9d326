"""Sluice keeps a shop's data fit to learn from: it checks, cleans, scores and gates every batch."""

from __future__ import annotations

__version__ = "0.1.0"
