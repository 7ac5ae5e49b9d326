"""Represent a query of the search that no item answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UnansweredQuery:
    """Hold a query, in lower case, with the number of times that it was asked in vain, and when first and last."""

    query: str
    times: int
    first: datetime
    last: datetime
