"""Decide which findings say nothing on the days of a sale: those about volume, prices, novelty and drift."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sluice.domain import Message, Verdict

_DISTRIBUTION = re.compile(
    r"expect_column_(mean|median|sum|stdev|min|max|quantile_values|kl_divergence|unique_value_count|proportion_of_\w+)_to_be_\w+"
    r"|expect_proportion_of_(novel_transitions|heavy_user_events)_to_be_between|expect_transition_overlap_to_match_history"
    r"|expect_column_values_to_be_close_to_history|expect_column_values_to_match_reference|expect_(row|column)_anomaly_rate_to_be_within_fpr"
)
_PRICE = re.compile(r"(?i)price|preis|prix|precio|amount|betrag|montant|total|revenue|umsatz|discount|rabatt|value|价|金额")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Name days on which a shop sells more, or otherwise, than on others; both ends belong to it."""

    first: date
    last: date
    name: str


def occasion_on(days: Iterable[date], occasions: Sequence[Occasion]) -> Occasion | None:
    """Return the first occasion that one of the days belongs to.

    Example:
        >>> singles = Occasion(date(2026, 11, 10), date(2026, 11, 12), "11.11")
        >>> occasion_on([date(2026, 11, 12)], [singles]).name
        '11.11'
    """
    dates = list(days)
    return next((occasion for occasion in occasions if any(occasion.first <= day <= occasion.last for day in dates)), None)


def soften(verdicts: Sequence[Verdict], occasion: Occasion | None) -> list[Verdict]:
    """Let failed verdicts on volume, prices, novelty and drift report only: they hold no row and do not enter the score.

    Args:
        verdicts: Verdicts of one batch.
        occasion: Occasion of its day; None changes nothing.

    Example:
        >>> short = Verdict("expect_table_row_count_to_match_weekday", "expectation", "volume", "critical", "block", "failed")
        >>> softer, = soften([short], Occasion(date(2026, 11, 11), date(2026, 11, 11), "11.11"))
        >>> softer.status, softer.severity, softer.on_fail
        ('failed', 'info', 'flag')
    """
    return [_report_only(verdict, occasion) if occasion and _depends_on_sales(verdict) else verdict for verdict in verdicts]


def _depends_on_sales(verdict: Verdict) -> bool:
    name = verdict.rule.partition(":")[0]
    is_price_range = name == "expect_column_values_to_be_between" and any(_PRICE.search(column) for column in verdict.columns)
    return verdict.nature == "detector" or verdict.dimension == "volume" or is_price_range or bool(_DISTRIBUTION.fullmatch(name))


def _report_only(verdict: Verdict, occasion: Occasion) -> Verdict:
    failed = verdict.status == "failed" or bool(verdict.failed)
    observed = Message.from_json(verdict.observed)
    note = Message.of("during_occasion", name=occasion.name)
    return replace(verdict, severity="info", on_fail="flag", observed=Message.join([observed, note] if observed else [note]) if failed else observed)
