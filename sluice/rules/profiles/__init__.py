"""Choose and compare the profiles of columns."""

from __future__ import annotations

from sluice.rules.profiles.choosing import last_day, newest_of_day

__all__ = ["last_day", "newest_of_day"]
