"""Draw incidents: as rows of tables, and the panel of what people can do with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import choice_labels, label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.adjusted_rule import propose_adjusted
from dashboard.widgets.choice import choose, remember
from dashboard.widgets.formatting import format_time
from dashboard.widgets.signature import acting_person, draw_act, draw_name
from sluice.domain import Incident, IncidentAct, IncidentCause
from sluice.errors import UsageError
from sluice.messages import error_message
from sluice.rules.people import INCIDENT_ROLE

_ACTED = "incident_acted"
_TAKEN_BACK = ("acknowledge", "mute", "expect", "resolve", "assign")
CAUSES: tuple[IncidentCause, ...] = get_args(IncidentCause)


def open_incidents(shop: Shop) -> Sequence[Incident]:
    """Return the incidents that need somebody, the newest first."""
    return [incident for incident in cache.incidents(shop) if incident.needs_attention(shop.now)]


def incident_row(incident: Incident) -> Mapping[str, object]:
    """Return an incident as a row of a table."""
    return {
        tr("Dataset"): incident.dataset,
        tr("Severity"): label(incident.severity),
        tr("Finding"): render_message(incident.message),
        tr("State"): state_text(incident),
        tr("Owner"): incident.owner,
        tr("Times"): incident.times,
        tr("Last seen"): format_time(incident.until),
    }


def state_text(incident: Incident) -> str:
    """Return the state of an incident, with the cause for which it is expected."""
    return f"{label(incident.state)} ({label(incident.cause)})" if incident.cause else label(state_code(incident))


def state_code(incident: Incident) -> str:
    """Return the word for an incident's state; an open one is new, while an open gate is good."""
    return "new" if incident.state == "open" else incident.state


def open_held(dataset: str, rule: str | None) -> None:
    """Open the page of held rows, at those of one rule, or at all of a dataset."""
    remember("quarantine_state", "held")
    remember(f"quarantine_rule_{dataset}_held", rule)
    st.switch_page("views/quarantine.py", query_params={"quarantine_dataset": dataset})


def draw_acts(shop: Shop, incident: Incident, held: int) -> None:
    """Draw what people can do with an incident, and carry out what is clicked.

    Args:
        shop: The shop.
        incident: The incident.
        held: Number of rows that are held for its rule.
    """
    name, text = st.columns([1, 2])
    by = draw_name(shop, "signature_by", name)
    note = text.text_input(tr("Note (optional)"), max_chars=500, key="incident_note")
    act = _chosen_act(shop, incident, held, by, note.strip())
    if act is not None:
        carry_out(shop, incident, act)


def carry_out(shop: Shop, incident: Incident, act: IncidentAct) -> None:
    """Carry out an act, and draw the page anew; where it is refused, draw the reason."""
    try:
        _act(shop, incident, act)
        st.session_state[_ACTED] = (incident, act)
    except UsageError as error:
        st.warning(render_message(error_message(error)))
        return
    st.rerun()


def _act(shop: Shop, incident: Incident, act: IncidentAct) -> None:
    """Carry out an act as who signed in."""
    person = acting_person(shop)
    shop.store.incidents.act(incident.id, replace(act, by=person.name if person else act.by, person=person))


def draw_acted(shop: Shop) -> None:
    """Draw what was done with an incident last, and the button that takes it back."""
    incident, act = st.session_state.get(_ACTED, (None, None))
    if incident is None or act.action not in _TAKEN_BACK:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{tr('Incident {number}: {dataset}', number=incident.id, dataset=markdown(incident.dataset))} · {label(act.action)}")
        if st.button(tr("Undo"), icon=":material/undo:", key="incident_undo"):
            back = IncidentAct("assign", act.by, owner=incident.owner) if act.action == "assign" else IncidentAct("reopen", act.by)
            _act(shop, incident, back)
            del st.session_state[_ACTED]
            st.rerun()


def _chosen_act(shop: Shop, incident: Incident, held: int, by: str, note: str) -> IncidentAct | None:
    """Draw the buttons, and return the act of the one that was clicked."""
    places = st.columns(5)
    act: IncidentAct | None = None
    if incident.state != "resolved":
        about, taken = (shop, INCIDENT_ROLE, incident.dataset), incident.state != "open"
        if draw_act(tr("Acknowledge"), *about, key="incident_acknowledge", place=places[0], primary=True, disabled=taken):
            act = IncidentAct("acknowledge", by, note)
        if draw_act(tr("Resolve"), *about, key="incident_resolve", place=places[1], disabled=held > 0, help=_why_not(held)):
            act = IncidentAct("resolve", by, note)
        with places[2].popover(tr("Mute"), width="stretch"):
            act = _mute(shop, incident, by, note) or act
        with places[3].popover(tr("Expected"), width="stretch"):
            act = _expect(shop, incident, by, note) or act
    if _is_acted_on(shop, incident) and draw_act(tr("Reopen"), shop, INCIDENT_ROLE, incident.dataset, key="incident_reopen", place=places[4]):
        act = IncidentAct("reopen", by, note)
    with st.expander(tr("Assign or comment")):
        act = _assign(shop, incident, by, note) or act
        if draw_act(tr("Add the note as a comment"), shop, INCIDENT_ROLE, incident.dataset, key="incident_comment", disabled=not note, width="content"):
            act = IncidentAct("comment", by, note)
    return act


def _is_acted_on(shop: Shop, incident: Incident) -> bool:
    """Return True where there is something that reopening takes back."""
    return incident.state != "open" or not incident.needs_attention(shop.now)


def _why_not(held: int) -> str | None:
    return tr("Rows are still held for this rule: release or reject them first.") if held else None


def _mute(shop: Shop, incident: Incident, by: str, note: str) -> IncidentAct | None:
    durations = {1: tr("1 day"), 7: tr("7 days"), 30: tr("30 days")}
    days = choose(st.selectbox, tr("Duration"), list(durations), durations.__getitem__, "incident_mute_days")
    clicked = draw_act(tr("Mute until then"), shop, INCIDENT_ROLE, incident.dataset, key="incident_mute", width="content")
    return IncidentAct("mute", by, note, until=shop.now + timedelta(days=days)) if clicked else None


def _expect(shop: Shop, incident: Incident, by: str, note: str) -> IncidentAct | None:
    st.caption(tr("It needs nobody, however often its rule fails, until the rule passes and its rows are settled. Rules and gate stay as they are."))
    cause = choose(st.selectbox, tr("Cause"), CAUSES, choice_labels(CAUSES), "incident_cause")
    about = (shop, INCIDENT_ROLE, incident.dataset)
    clicked = draw_act(tr("Mark as expected"), *about, key="incident_expect", width="content")
    if incident.rule.startswith("expect_"):
        hint = tr("Shows the rule with limits, a set or a share that what happened passes. It is written into sluice.yaml once you accept it.")
        adjusts = draw_act(tr("Mark as expected, and adjust the rule"), *about, key="incident_adjust", help=hint, width="content")
        propose_adjusted(shop, incident, cause) if adjusts and by else None
        clicked = clicked or adjusts
    return IncidentAct("expect", by, note, cause=cause) if clicked else None


def _assign(shop: Shop, incident: Incident, by: str, note: str) -> IncidentAct | None:
    owner = st.text_input(tr("Owner"), max_chars=100, key="incident_owner").strip()
    clicked = draw_act(tr("Assign"), shop, INCIDENT_ROLE, incident.dataset, key="incident_assign", disabled=not owner, width="content")
    return IncidentAct("assign", by, note, owner=owner) if clicked else None
