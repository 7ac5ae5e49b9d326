"""Decide by pure functions: how rows are split, how a batch scores, when a gate is open, which model serves."""

from __future__ import annotations

from sluice.rules.arrival_order import order_arrivals
from sluice.rules.attempts import Attempts, is_due
from sluice.rules.causes import named_runs, reference_causes
from sluice.rules.costs import cost, cost_of, propose
from sluice.rules.gates import decide, gate, missing
from sluice.rules.guarded import describe_score, guarded_at, is_measurement_due
from sluice.rules.layouts import compare_layouts
from sluice.rules.masks import mask_of
from sluice.rules.models import LearningStep, due, next_step
from sluice.rules.newest import newest_batch
from sluice.rules.occasions import Occasion, occasion_on, soften
from sluice.rules.promotion import promote
from sluice.rules.repairs import with_later
from sluice.rules.repeated import repeated
from sluice.rules.repeats import repeats_of
from sluice.rules.revisions import Moves, merge_counts, move, newest_revisions, revised
from sluice.rules.rows import flagged, held_mask, join, split, with_reasons
from sluice.rules.scores import Count, count, score
from sluice.rules.slots import Comparable, comparable
from sluice.rules.stewards import UNWAIVABLE, from_text, revert, waivable
from sluice.rules.tables import batches_before, earlier_batches, published_tables, replaces_table, table_end
from sluice.rules.unread import unread_runs
from sluice.rules.windows import first_run, in_window, latest_end, live_since, read_at, window_end

__all__ = [
    "UNWAIVABLE",
    "Attempts",
    "Comparable",
    "Count",
    "LearningStep",
    "Moves",
    "Occasion",
    "batches_before",
    "comparable",
    "compare_layouts",
    "cost",
    "cost_of",
    "count",
    "decide",
    "describe_score",
    "due",
    "earlier_batches",
    "first_run",
    "flagged",
    "from_text",
    "gate",
    "guarded_at",
    "held_mask",
    "in_window",
    "is_due",
    "is_measurement_due",
    "join",
    "latest_end",
    "live_since",
    "mask_of",
    "merge_counts",
    "missing",
    "move",
    "named_runs",
    "newest_batch",
    "newest_revisions",
    "next_step",
    "occasion_on",
    "order_arrivals",
    "promote",
    "propose",
    "published_tables",
    "read_at",
    "reference_causes",
    "repeated",
    "repeats_of",
    "replaces_table",
    "revert",
    "revised",
    "score",
    "soften",
    "split",
    "table_end",
    "unread_runs",
    "waivable",
    "window_end",
    "with_later",
    "with_reasons",
]
