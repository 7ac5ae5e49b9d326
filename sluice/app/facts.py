"""Describe records by name, as `--format json` and the HTTP API write them."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain import Guarded, Incident, Message, Model, Request, Run, RunningJob, Verdict, truncate_share
from sluice.domain.costs import Curve
from sluice.rules import cost_of
from sluice.store.activity import ActivityEntry
from sluice.store.dashboard_queries import StoredVerdict
from sluice.store.incidents import Occurrence


def run_facts(run: Run, curve: Curve | None = None, guarded: Guarded | None = None) -> dict[str, object]:
    """Describe one run; where a cost curve was measured, with the share of Recall@20 that the batch would cost."""
    cost = cost_of(curve, run)
    return {
        "dataset": run.dataset,
        "at": run.at,
        "run": run.id,
        "kind": run.kind if run.state == "published" else run.state,
        "rows": run.rows,
        "clean": run.good,
        "held": run.bad,
        "copies": run.copies,
        "superseded": run.superseded,
        "replaced": run.replaced,
        "repaired": run.repaired,
        "arrival": run.arrival.value,
        "published": run.published.value,
        "worst": run.published.worst,
        "guarded": None if guarded is None or guarded.share is None else truncate_share(guarded.share),
        **({} if curve is None else {"costs": None if cost is None else round(cost.share, 4)}),
        "configuration": run.configuration,
        "decision": run.decision,
        "reasons": Message.join([run.error] if run.error else run.reasons),
    }


def stage_facts(stages: Mapping[str, float]) -> list[dict[str, object]]:
    """Describe how long each stage of a run took, with its share of all; nothing where that was not recorded."""
    total = sum(stages.values())
    return [{"stage": stage, "seconds": seconds, "share": round(seconds / total, 3) if total else 0.0} for stage, seconds in stages.items()]


def job_facts(job: RunningJob) -> dict[str, object]:
    """Describe a job that runs now."""
    return {
        "job": job.id,
        "kind": job.kind,
        "dataset": job.dataset or None,
        "file": job.file or None,
        "stage": Message.loads(job.stage) if job.stage.startswith("{") else job.stage or None,
        "done": job.done if job.total is not None else None,
        "total": job.total,
        "started": job.started,
        "worker": job.worker,
        "cancelled_by": job.cancelled_by or None,
    }


def verdict_facts(verdict: Verdict | StoredVerdict) -> dict[str, object]:
    """Describe what a rule says of a batch."""
    return {
        "rule": verdict.rule,
        "state": verdict.status,
        "severity": verdict.severity,
        "rows": verdict.rows,
        "failed": verdict.failed,
        "message": Message.from_json(verdict.message),
        "observed": Message.from_json(verdict.observed),
    }


def incident_facts(incident: Incident) -> dict[str, object]:
    """Describe an incident."""
    return {
        "incident": incident.id,
        "dataset": incident.dataset,
        "rule": incident.rule,
        "severity": incident.severity,
        "state": incident.state,
        "times": incident.times,
        "first_seen": incident.since,
        "last_seen": incident.until,
        "batch": incident.batch,
        "passing": incident.passing,
        "owner": incident.owner or None,
        "muted_until": incident.muted_until,
        "cause": incident.cause,
        "message": incident.message,
    }


def occurrence_facts(occurrence: Occurrence) -> dict[str, object]:
    """Describe what the rule of an incident said of one run."""
    return {
        "read": occurrence.read,
        "batch": occurrence.at,
        "run": occurrence.run,
        "status": occurrence.status,
        "failed": occurrence.failed,
        "rows": occurrence.rows,
        "message": occurrence.message,
    }


def act_facts(entry: ActivityEntry) -> dict[str, object]:
    """Describe what somebody did."""
    return {"at": entry.at, "who": entry.who, "did": entry.what, "reason": entry.reason}


def model_facts(model: Model) -> dict[str, object]:
    """Describe one version of a model, with its metrics over all users."""
    serving = model.card.get("serving")
    metrics = {str(name): value for name, value in serving.items() if " " not in str(name)} if isinstance(serving, Mapping) else {}
    return {
        "model": model.name,
        "version": model.version,
        "state": model.state,
        "at": model.at,
        "kind": model.card.get("kind"),
        "rows": model.card.get("rows"),
        **metrics,
    }


def request_facts(request: Request) -> dict[str, object]:
    """Describe a request and what became of it."""
    return {
        "request": request.id,
        "kind": request.kind,
        "state": request.state,
        "answer": request.answer,
        "dataset": request.dataset or None,
        "model": request.model or None,
        "by": request.by,
        "reason": request.note or None,
        "at": request.at,
        "rows": len(request.rows),
        "rule": request.rule,
        "until": request.until,
    }
