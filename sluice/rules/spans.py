"""How long a time is, in words."""

from __future__ import annotations

from datetime import timedelta


def age(span: timedelta) -> str:
    """In days from two of them on, else in hours."""
    hours = span.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
