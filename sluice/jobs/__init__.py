"""Carry out what can be requested, each job one function over ports."""

from __future__ import annotations

from sluice.jobs.audit import audit
from sluice.jobs.backfill import Backfilled, backfill
from sluice.jobs.correct import correct, preview_correction
from sluice.jobs.cost_curve import measure_costs
from sluice.jobs.deliver import deliver
from sluice.jobs.ingest import ingest
from sluice.jobs.learn import Learner, learn, refit
from sluice.jobs.map_values import map_values, mapping_run, preview_mapping
from sluice.jobs.rebuild import rebuild, reread
from sluice.jobs.recheck import recheck
from sluice.jobs.reject import reject
from sluice.jobs.release import preview_release, release, replay, rows_with_reference
from sluice.jobs.retrain import Retrained, retrain
from sluice.jobs.tune import Tuned, TuningBudget, tune
from sluice.jobs.undo import Undone, describe_restored, preview_undo, take_back, undo
from sluice.jobs.undo_release import undo_release

__all__ = [
    "Backfilled",
    "Learner",
    "Retrained",
    "Tuned",
    "TuningBudget",
    "Undone",
    "audit",
    "backfill",
    "correct",
    "deliver",
    "describe_restored",
    "ingest",
    "learn",
    "map_values",
    "mapping_run",
    "measure_costs",
    "preview_correction",
    "preview_mapping",
    "preview_release",
    "preview_undo",
    "rebuild",
    "recheck",
    "refit",
    "reject",
    "release",
    "replay",
    "reread",
    "retrain",
    "rows_with_reference",
    "take_back",
    "tune",
    "undo",
    "undo_release",
]
