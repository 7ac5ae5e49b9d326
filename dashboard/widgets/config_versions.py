"""Draw the versions of the configuration, who made each and why; and the changes that wait for another person's approval."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.formatting import format_time
from dashboard.widgets.layout import draw_card_title, draw_choice
from dashboard.widgets.request_form import draw_signature, name_needed, submit_request
from dashboard.widgets.signature import acting_person, draw_act, draw_name
from sluice.config.texts import difference_of
from sluice.domain import ConfigVersion, Request, RequestKind
from sluice.errors import UsageError
from sluice.messages import error_message

_KINDS: tuple[RequestKind, ...] = ("change_rule", "undo_change_rule", "map_values", "undo_map_values", "restore_config")


def draw_versions(shop: Shop, dataset: str) -> None:
    """Draw the versions of the configuration, the newest first, and what putting the selected one back would change.

    Args:
        shop: The shop.
        dataset: The dataset on whose page they stand; the request to put one back is listed there.
    """
    st.subheader(tr("Versions of the configuration"), anchor=False)
    versions = shop.store.configurations.all()
    if not versions:
        st.caption(tr("The next run records the first version."))
        return
    live = shop.store.configurations.in_force()
    selected = draw_choice([_facts(version, live.number if live else 0) for version in versions], f"versions {versions[0].number}")
    if selected is None:
        st.caption(tr("Select a version to see what it says otherwise than the one in force, and to put it back."))
        return
    _draw_version(shop, dataset, versions[selected])


def _draw_version(shop: Shop, dataset: str, version: ConfigVersion) -> None:
    stored = shop.store.configurations
    live = stored.in_force()
    if live is None or live.digest == version.digest:
        st.caption(tr("This version is in force."))
        return
    names = (tr("version {version}", version=live.number), tr("version {version}", version=version.number))
    st.code(difference_of(stored.content(live.number), stored.content(version.number), names), language="diff", wrap_lines=True)
    by, note = draw_signature(shop, key="restore")
    text = tr("Put version {version} back", version=version.number)
    if draw_act(text, shop, "restore_config", "", key="restore_version", icon=":material/settings_backup_restore:", width="content"):
        submit_request(shop, "restore_config", dataset, by=by, note=note, rows=(str(version.number),))
    st.caption(tr("It is written into sluice.yaml, and the rule files that it names, as a new version; the others stay and can be put back as well."))


def draw_approvals(shop: Shop, dataset: str) -> None:
    """Draw a card for each change of the configuration that waits for another person, with what it changes and the buttons that answer."""
    for request in cache.requests(shop):
        if request.state == "asked" and request.kind in _KINDS and request.dataset == dataset:
            with st.container(border=True):
                _draw_approval(shop, request)


def _draw_approval(shop: Shop, request: Request) -> None:
    draw_card_title(f"{label(request.kind)} · {request.rule or request.dataset}", request.state)
    st.markdown(markdown(render_message(request.answer)))
    trial = shop.store.trials.get(_trial_of(shop, request))
    if trial is not None and trial.difference:
        st.code(trial.difference, language="diff", wrap_lines=True)
    by = draw_name(shop, f"approve_by_{request.id}")
    approve, withdraw = st.columns(2)
    if draw_act(tr("Approve"), shop, request.kind, request.dataset, key=f"approve_{request.id}", place=approve, primary=True):
        _answer(shop, request, by, approved=True)
    if draw_act(tr("Withdraw"), shop, request.kind, request.dataset, key=f"withdraw_{request.id}", place=withdraw):
        _answer(shop, request, by, approved=False)


def _trial_of(shop: Shop, request: Request) -> str:
    """Return the trial that a request names; an undo names the change that it takes back."""
    if request.kind == "restore_config":
        return ""
    change = shop.store.requests.get(request.rows[0]) if request.kind.startswith("undo_") else request
    return change.rows[0] if change and change.rows else ""


def _answer(shop: Shop, request: Request, by: str, *, approved: bool) -> None:
    if not by:
        st.warning(name_needed())
        return
    person, requests = acting_person(shop), shop.store.requests
    try:
        (requests.confirm if approved else requests.withdraw)(request.id, by=person.name if person else by, person=person)
    except UsageError as error:
        st.warning(render_message(error_message(error)))
        return
    st.rerun()


def _facts(version: ConfigVersion, live: int) -> Mapping[str, object]:
    state = tr("In force") if version.number == live else tr("Earlier")
    return {
        tr("Version"): version.number,
        tr("Time"): format_time(version.at),
        tr("State"): tr("In force once approved") if version.state == "draft" else state,
        tr("By"): version.author,
        tr("Approved by"): version.approved_by,
        tr("Reason"): version.note,
    }
