"""What a form makes of a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """A value read from a text, how sure that is (0 to 1), and why; the reason never holds the text."""

    value: float | int | bool | date | datetime
    sure: float
    why: str
