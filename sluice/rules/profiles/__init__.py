"""Choose and compare the profiles of columns."""

from __future__ import annotations

from sluice.rules.profiles.choosing import last_day, newest_of_day
from sluice.rules.profiles.columns import ColumnChanges, column_messages, compare_columns
from sluice.rules.profiles.comparing import Move, compare_profiles, read_quantiles
from sluice.rules.profiles.rounding import round_mean, round_number
from sluice.rules.profiles.shares import ShareMove

__all__ = [
    "ColumnChanges",
    "Move",
    "ShareMove",
    "column_messages",
    "compare_columns",
    "compare_profiles",
    "last_day",
    "newest_of_day",
    "read_quantiles",
    "round_mean",
    "round_number",
]
