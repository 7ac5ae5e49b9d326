"""Name the reasons for which rows are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from dashboard.i18n.language import render_message
from dashboard.widgets.formatting import format_count
from sluice.store.dashboard_queries import HeldByRule


def reason_labels(reasons: Collection[HeldByRule]) -> dict[str | None, str]:
    """Return each reason by its rule, with its number of rows; reasons that read alike name their rules as well."""
    texts = {reason.rule: render_message(reason.message) or reason.rule for reason in reasons}
    alike = {text for text, times in Counter(texts.values()).items() if times > 1}
    names = {rule: f"{text} [{rule}]" if text in alike else text for rule, text in texts.items()}
    return {reason.rule: f"{names[reason.rule]} ({format_count(reason.rows)})" for reason in reasons}
