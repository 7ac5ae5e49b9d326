"""Find local times in the hour that comes twice when clocks are set back."""

from __future__ import annotations

import polars as pl


def comes_twice(times: pl.Series, zone: str) -> pl.Series:
    """Return which times (UTC) lie in the first pass of an hour that comes twice in a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> comes_twice(pl.Series([datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)]), "Europe/Berlin").to_list()
        [True, False, False]
    """
    local = times.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return (local.dt.replace_time_zone(zone, ambiguous="latest").dt.convert_time_zone("UTC") != times).fill_null(value=False)
