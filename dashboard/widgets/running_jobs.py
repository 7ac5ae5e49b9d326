"""Draw the jobs that run now, what each is at, and the button that cancels it."""

from __future__ import annotations

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.data.viewer import SignedOut, own_datasets
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.formatting import format_count, format_time
from dashboard.widgets.signature import acting_person, draw_act
from dashboard.widgets.stages import stage_name
from sluice.domain import RunningJob
from sluice.errors import UsageError
from sluice.messages import error_message
from sluice.rules.people import role_for_job


@st.fragment(run_every="3s")
def draw_running_jobs(shop: Shop, *, empty_text: str = "", key: str = "running") -> None:
    """Draw the jobs that run on datasets of the viewer, and follow them.

    Args:
        shop: The shop.
        empty_text: Text where none runs.
        key: Begins the keys of the buttons.
    """
    try:
        own = own_datasets(shop)
    except SignedOut:
        st.rerun()
    jobs = [job for job in shop.store.running_jobs.list_living() if not job.dataset or job.dataset in own]
    if not jobs and empty_text:
        st.caption(empty_text)
    for job in jobs:
        _draw_job(shop, job, key)


def _draw_job(shop: Shop, job: RunningJob, key: str) -> None:
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f":material/sync: **{markdown(_title(job))}**  \n{markdown(_progress(job))}", width="stretch")
        if job.cancelled_by:
            st.caption(tr("{by} cancels it; it ends after the present step.", by=job.cancelled_by))
        elif draw_act(tr("Cancel"), shop, role_for_job(job.kind), job.dataset, key=f"{key}_cancel_{job.id}", icon=":material/close:", width="content"):
            _cancel(shop, job)


def _cancel(shop: Shop, job: RunningJob) -> None:
    person = acting_person(shop)
    try:
        shop.store.running_jobs.cancel(job.id, by=person.name if person else st.session_state.get("by", ""), person=person)
    except UsageError as error:
        st.warning(render_message(error_message(error)))
        return
    st.rerun()


def _title(job: RunningJob) -> str:
    return " · ".join(filter(None, (tr("Read what arrived") if job.kind == "ingest" else label(job.kind), job.dataset, job.file)))


def _progress(job: RunningJob) -> str:
    """Return what a job is at, how much of it is done, since when it runs and who runs it."""
    share = "" if job.total is None else tr("{done} of {total}", done=format_count(job.done), total=format_count(job.total))
    since = tr("since {time} UTC by {worker}", time=format_time(job.started), worker=job.worker)
    return " · ".join(filter(None, (stage_name(job.stage) if job.stage else tr("Starting"), share, since)))
