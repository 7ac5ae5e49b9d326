"""Draw the schedule: when jobs fired last and fire next, what can be run now, and what is in progress or waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of
from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.widgets.formatting import NOTHING, format_time
from dashboard.widgets.layout import draw_choice, draw_empty, draw_heading, draw_table, require_shop
from dashboard.widgets.request_form import draw_confirmation, draw_signature, follow_requests, submit_request
from dashboard.widgets.running import cancel, progress_text
from dashboard.widgets.running_jobs import draw_running_jobs
from dashboard.widgets.signature import draw_act
from sluice.domain import Request, ScheduledJob
from sluice.rules.people import NEEDED
from sluice.schedule import is_alive, scheduled_jobs
from sluice.wiring import clock

EXAMPLE = 'schedule: {ingest: "15 * * * *", audit: "0 6 * * *"}'
UNFINISHED = ("pending", "taken", "asked")


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Schedule"), tr("What runs when, what runs now, and what waits."))
    draw_confirmation()
    draw_jobs(shop)
    st.subheader(tr("Run now"), anchor=False)
    draw_run_now(shop)
    st.subheader(tr("Running now"), anchor=False)
    draw_running_jobs(shop, empty_text=tr("No job has run for longer than a second."))
    st.subheader(tr("In progress and waiting"), anchor=False)
    draw_unfinished(shop)


def draw_jobs(shop: Shop) -> None:
    """Draw the jobs that have a cron line, with their last and next firings."""
    zone, now = shop.config.schedule_zone, clock.wall()
    jobs = scheduled_jobs(shop.config.schedule.crons, zone, shop.store, now)
    if shop.config.schedule.ingest is None:
        draw_empty(tr("No job reads files"), tr("Write `schedule` into sluice.yaml, such as ingest at a quarter past each hour:"), EXAMPLE)
    draw_table([job_row(job) for job in jobs])
    st.caption(tr("Times of the schedule are in {zone}.", zone=zone))
    if not is_alive(shop.store.activity.last_heartbeat(), now):
        st.caption(tr("No scheduler runs. This starts it; it makes up for the newest missed firing:"))
        st.code("sluice serve", language="bash")


def job_row(job: ScheduledJob) -> Mapping[str, object]:
    """Return a job as a row of a table; times are in the zone of the schedule."""
    zone, last = ZoneInfo(job.zone), job.last
    first, *later = [local_time(moment, zone) for moment in job.following] or [NOTHING]
    return {
        tr("Job"): tr("Read what arrived") if job.job == "ingest" else label(job.job),
        tr("Cron line"): job.cron,
        tr("Last firing"): local_time(last.fire_time, zone) if last else NOTHING,
        tr("State"): label(last.state) if last else NOTHING,
        tr("Attempts"): last.attempts if last else None,
        tr("Next firing"): first,
        tr("Then"): ", ".join(later),
        tr("Run by"): job.worker,
    }


def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return a time in a zone, to the minute."""
    return format_time(moment.astimezone(zone))


def draw_run_now(shop: Shop) -> None:
    """Draw the buttons that request a job now: reading a dataset, and a retraining where a recommender is configured."""
    dataset = st.selectbox(tr("Dataset"), datasets_of(shop), key="schedule_dataset")
    by, note = draw_signature(shop)
    left, right = st.columns(2)
    if draw_act(tr("Read {dataset} now", dataset=dataset), shop, "run", dataset, key="schedule_run", place=left, icon=":material/play_arrow:"):
        submit_request(shop, "run", dataset, by=by, note=note)
    settings = shop.config.recommender
    if settings and draw_act(tr("Retrain now"), shop, "retrain", settings.events, key="schedule_retrain", place=right, icon=":material/model_training:"):
        submit_request(shop, "retrain", settings.events, by=by, note=note)


def draw_unfinished(shop: Shop) -> None:
    """Draw the requests that are in progress or wait, the oldest first, and the button that cancels the chosen one."""
    requests = [request for request in cache.requests(shop)[::-1] if request.state in UNFINISHED]
    if not requests:
        st.caption(tr("Nothing is in progress, and nothing waits."))
        return
    chosen = draw_choice([request_row(shop, request) for request in requests], f"unfinished {hash(tuple(request.id for request in requests))}")
    request = requests[chosen or 0]
    if chosen is not None or len(requests) == 1:
        cancel(shop, request)
    follow_requests(shop, tuple(NEEDED))


def request_row(shop: Shop, request: Request) -> Mapping[str, object]:
    """Return a request as a row of a table."""
    return {
        tr("State"): label(request.state),
        tr("Request"): label(request.kind),
        tr("Dataset"): request.dataset,
        tr("Requested by"): request.by,
        tr("Time"): format_time(request.at),
        tr("Progress"): progress_text(shop, request),
        tr("Reason"): request.note,
    }


draw_page()
