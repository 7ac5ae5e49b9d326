"""Draw the buttons that open what came of finished trials again, for whoever left the page meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.formatting import format_time
from dashboard.widgets.trial import show_trial
from sluice.domain import Request, Trial

NEWEST = 3  # trials that need no further click


def draw_trial_links(shop: Shop, dataset: str, present: Trial | None) -> None:
    """Draw a button for each finished trial of a dataset that is stored, the newest first.

    Args:
        shop: The shop.
        dataset: Name of the dataset.
        present: The trial that the page shows, which needs none.
    """
    requests = [request for request in cache.requests(shop) if (request.kind, request.state, request.dataset) == ("try_rule", "done", dataset)]
    stored = {trial.id: trial for trial in shop.store.trials.of([request.rows[0] for request in requests])}
    finished = [(request, trial) for request in requests if (trial := stored.get(request.rows[0])) and (present is None or trial.id != present.id)]
    _draw_buttons(finished[:NEWEST])
    if older := finished[NEWEST:]:
        with st.expander(ntr("{count} older trial", "{count} older trials", len(older))):
            _draw_buttons(older)


def _draw_buttons(finished: Sequence[tuple[Request, Trial]]) -> None:
    for request, trial in finished:
        text = tr("Open the result of {rule}, tried {time}", rule=markdown(trial.edit.name), time=format_time(request.at))
        if st.button(text, key=f"trial_open_{trial.id}", icon=":material/science:"):
            show_trial(trial)
