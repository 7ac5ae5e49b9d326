"""Draw what changes in the rule of an incident so that what a person expects passes it, and the button that writes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.safety.escape import message_markdown
from dashboard.widgets.trial import DAYS, draw_trial
from dashboard.widgets.undo import draw_undo
from sluice.config.rule_edits import apply_rule
from sluice.config.text import difference, digest_of, read_text
from sluice.domain import Incident, IncidentCause, RuleEdit, Trial
from sluice.errors import SluiceError
from sluice.store.ids import new_id
from sluice.wiring.expected_rules import widened_rule

_ADJUSTED = "incident_adjusted"  # of the session: by incident, the trial of its rule; empty where nothing in it can be widened


def propose_adjusted(shop: Shop, incident: Incident, cause: IncidentCause) -> None:
    """Compute the rule with settings that what happened passes, to be drawn by `draw_adjusted` from now on; an error is drawn where it cannot be written."""
    edit = widened_rule(shop.config, shop.store, incident)
    why = tr("incident {number} is expected: {cause}", number=incident.id, cause=label(cause))
    try:
        trial = _save(shop, replace(edit, why=why)) if edit else ""
    except SluiceError as error:
        st.error(message_markdown(str(error)))
        return
    st.session_state.setdefault(_ADJUSTED, {})[incident.id] = trial


def draw_adjusted(shop: Shop, incident: Incident) -> None:
    """Draw the adjusted rule of an incident as a difference, where somebody asked for it, and the way back once it is written."""
    trial_id = st.session_state.get(_ADJUSTED, {}).get(incident.id)
    if trial_id is None:
        return
    if not trial_id:
        st.info(tr("No setting of this rule can be widened to what happened: the incident is expected, and the rule stays as it is."))
        return
    draw_trial(shop, shop.store.trials.get(trial_id), key="adjusted")
    draw_undo(shop, ("change_rule",), dataset=incident.dataset)


def _save(shop: Shop, edit: RuleEdit) -> str:
    path = Path(shop.path)
    text = read_text(path)
    changes = difference(path, text, apply_rule(text, edit))
    trial = Trial(new_id(), edit, digest_of(text), DAYS[1], changes)
    shop.store.trials.save(trial)
    return trial.id
