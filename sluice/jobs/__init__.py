"""Carry out what can be requested, each job one function over ports."""

from __future__ import annotations

from sluice.jobs.audit import audit
from sluice.jobs.cost_curve import measure_costs
from sluice.jobs.ingest import ingest
from sluice.jobs.learn import Learner, learn, refit
from sluice.jobs.rebuild import rebuild, reread
from sluice.jobs.reject import reject
from sluice.jobs.release import release, replay, rows_with_reference
from sluice.jobs.retrain import Retrained, retrain
from sluice.jobs.undo import undo

__all__ = [
    "Learner",
    "Retrained",
    "audit",
    "ingest",
    "learn",
    "measure_costs",
    "rebuild",
    "refit",
    "reject",
    "release",
    "replay",
    "reread",
    "retrain",
    "rows_with_reference",
    "undo",
]
