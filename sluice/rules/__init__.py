"""Decide by pure functions: how rows are split, how a batch scores, when a gate is open, which model serves."""

from __future__ import annotations

from sluice.rules.arrival_order import order_arrivals
from sluice.rules.costs import cost, cost_of, propose
from sluice.rules.gates import decide, gate, missing
from sluice.rules.guarded import describe_score, guarded_at, is_measurement_due
from sluice.rules.layouts import compare_layouts
from sluice.rules.models import LearningStep, due, next_step
from sluice.rules.occasions import Occasion, occasion_on, soften
from sluice.rules.promotion import promote
from sluice.rules.repeats import repeats_of
from sluice.rules.revisions import merge_counts, revised
from sluice.rules.rows import flagged, join, split, with_reasons
from sluice.rules.scores import Count, count, score
from sluice.rules.slots import Comparable, comparable
from sluice.rules.stewards import UNWAIVABLE, from_text, revert, waivable
from sluice.rules.unread import unread_runs
from sluice.rules.windows import first_run, in_window, latest_end, live_since, window_end

__all__ = [
    "UNWAIVABLE",
    "Comparable",
    "Count",
    "LearningStep",
    "Occasion",
    "comparable",
    "compare_layouts",
    "cost",
    "cost_of",
    "count",
    "decide",
    "describe_score",
    "due",
    "first_run",
    "flagged",
    "from_text",
    "gate",
    "guarded_at",
    "in_window",
    "is_measurement_due",
    "join",
    "latest_end",
    "live_since",
    "merge_counts",
    "missing",
    "next_step",
    "occasion_on",
    "order_arrivals",
    "promote",
    "propose",
    "repeats_of",
    "revert",
    "revised",
    "score",
    "soften",
    "split",
    "unread_runs",
    "waivable",
    "window_end",
    "with_reasons",
]
