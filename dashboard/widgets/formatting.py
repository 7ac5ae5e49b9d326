"""Format numbers and times for tables, labels and captions."""

from __future__ import annotations

from datetime import datetime

from dashboard.i18n.language import render_message, tr
from sluice.domain import Message, score_text

NOTHING = "–"  # noqa: RUF001  # a dash is what people expect where there is no number


def format_count(value: float | None) -> str:
    """Return a count with thousands separators."""
    return NOTHING if value is None else f"{value:,.0f}"


def format_score(value: float | None) -> str:
    """Return a score with one decimal, truncated and not rounded, so that only a perfect score reads 100."""
    return NOTHING if value is None else score_text(value)


def format_share(part: float, whole: float) -> str:
    """Return a part of a whole as a percentage."""
    return f"{part / whole:.1%}" if whole else NOTHING


def format_rate(rate: float | None) -> str:
    """Return a small rate as a percentage with two decimals."""
    return NOTHING if rate is None else f"{rate:.2%}"


def format_metric(value: float | None) -> str:
    """Return a metric such as NDCG with four decimals."""
    return NOTHING if value is None else f"{value:.4f}"


def format_time(at: datetime | None) -> str:
    """Return a time in UTC, to the minute."""
    return NOTHING if at is None else f"{at:%Y-%m-%d %H:%M}"


def format_criterion(message: Message | str, *, of_rows: bool) -> str:
    """Return what a rule judges by. The message of a rule about rows names what is wrong with one, unless the shop wrote it: say that this is the failure."""
    text = render_message(message)
    code = (Message.loads(message) if isinstance(message, str) else message).code
    return tr("fails where {problem}", problem=text) if of_rows and text and code != "text" else text


def utc_note() -> str:
    """Return the remark below tables with times."""
    return tr("All times are UTC.")
