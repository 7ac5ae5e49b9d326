"""What can be asked for, each job one function over ports."""

from __future__ import annotations

from sluice.jobs.audit import audit
from sluice.jobs.calibrate import calibrate
from sluice.jobs.ingest import ingest
from sluice.jobs.learn import Learner, Learning, learn, refit
from sluice.jobs.reject import reject
from sluice.jobs.release import Reference, release, replay
from sluice.jobs.retrain import Retrained, retrain
from sluice.jobs.undo import undo

__all__ = ["Learner", "Learning", "Reference", "Retrained", "audit", "calibrate", "ingest", "learn", "refit", "reject", "release", "replay", "retrain", "undo"]
