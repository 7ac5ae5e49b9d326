"""Choose and compare the profiles of columns."""

from __future__ import annotations

from sluice.rules.profiles.choosing import last_day, newest_of_day
from sluice.rules.profiles.comparing import Move, compare_profiles, read_quantiles
from sluice.rules.profiles.shares import ShareMove

__all__ = ["Move", "ShareMove", "compare_profiles", "last_day", "newest_of_day", "read_quantiles"]
