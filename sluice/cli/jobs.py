"""List the jobs that run now, and cancel one: jobs list, jobs cancel."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import stage_word, tr
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, say, show

if TYPE_CHECKING:
    from sluice.domain import RunningJob
    from sluice.store import SqlStore

app = typer.Typer(no_args_is_help=True)

_WAIT = 10.0  # seconds


@app.command("list")
def list_jobs(config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """List the jobs that run now (ingest, audit, retrain), with what each is at; those that have run for less than a second are left out."""
    from sluice.app import build

    with build(config) as sluice:
        jobs = sluice.store.running_jobs.list_living()
    show([_facts(job, form) for job in jobs], form, empty="no job runs")


@app.command()
def cancel(
    job: Annotated[str, typer.Argument(help="id of a job, as `sluice jobs list` shows it")],
    by: ByOption = "",
    reason: Annotated[str, typer.Option("--reason", help="why; kept in the log")] = "",
    config: ConfigOption = "sluice.yaml",
) -> None:
    """Cancel a job that runs, on whichever machine; kept in the log.

    What it has published stays. The batch that it judges then is left as it arrived, for the next run; one that it publishes is published whole.
    """
    from sluice.app import build

    with build(config) as sluice:
        cancelled = sluice.store.running_jobs.cancel(job, by=by, note=reason)
        ended = _wait_for_end(sluice.store, job)
    stage = stage_word(cancelled.stage)
    if ended:
        say("cancelled")
    else:
        say(tr("it ends after the present step ({step})", step=stage or "-"))


def _wait_for_end(store: SqlStore, job: str) -> bool:
    """Wait until a job has ended, not longer than some seconds; return whether it has."""
    until = time.monotonic() + _WAIT
    while any(running.id == job for running in store.running_jobs.list_living()):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def _facts(job: RunningJob, form: Format) -> Mapping[str, object]:
    from sluice.app.facts import job_facts

    facts = job_facts(job)
    if form is Format.json:
        return facts
    progress = None if job.total is None else f"{job.done:,} / {job.total:,}"
    names = ("job", "dataset", "file", "stage", "started", "worker", "cancelled_by")
    return {name: facts[name] for name in names} | {"stage": stage_word(job.stage) or None, "progress": progress}
