"""Show what runs when: schedule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from sluice.cli.language import tr
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show

if TYPE_CHECKING:
    from sluice.domain import ScheduledJob

app = typer.Typer()


@app.command("schedule")
def show_schedule(config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Show when each scheduled job fired last and fires next, in the time zone of the schedule, and who runs it now.

    `sluice serve` runs the jobs that have a cron line under `schedule` in sluice.yaml: ingest, audit and retrain, and vacuum once a day. A firing is begun,
    failed (it is tried again) or done.
    """
    from sluice.app import build
    from sluice.schedule import is_alive, scheduled_jobs
    from sluice.wiring import clock

    with build(config) as sluice:
        zone, now = sluice.config.schedule_zone, clock.wall()
        jobs = scheduled_jobs(sluice.config.schedule.crons, zone, sluice.store, now)
        heartbeat = sluice.store.activity.last_heartbeat()
        is_reading = sluice.config.schedule.ingest is not None
    show([facts(job) for job in jobs], form)
    if form is Format.table:
        if not is_reading:
            say('no job reads files; write `schedule: {ingest: "15 * * * *"}` into sluice.yaml for one an hour')
        say(tr("times are in {zone}", zone=zone))
        if not is_alive(heartbeat, now):
            say("no scheduler runs; `sluice serve` starts it, and makes up for the newest missed firing")


def facts(job: ScheduledJob) -> Mapping[str, object]:
    """Describe one job in one row."""
    zone = ZoneInfo(job.zone)
    return {
        "job": job.job,
        "cron": job.cron,
        "last": _in(zone, job.last.fire_time) if job.last else None,
        "state": job.last.state if job.last else None,
        "attempts": job.last.attempts if job.last else None,
        "next": job.following[0] if job.following else None,
        "then": [f"{moment:%Y-%m-%d %H:%M}" for moment in job.following[1:]],
        "running": job.worker or None,
    }


def _in(zone: ZoneInfo, moment: datetime) -> datetime:
    return moment.astimezone(zone)
