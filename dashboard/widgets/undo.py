"""Draw the panel that undoes decisions."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, tr
from dashboard.widgets.choice import choose
from dashboard.widgets.formatting import format_time
from dashboard.widgets.request_form import submit_request
from dashboard.widgets.signature import draw_act, draw_name
from sluice.domain import Message, RequestKind
from sluice.rules.undo import UNDONE_BY, inverse_of
from sluice.store.undoable import Undoable

EVERY_KIND: Sequence[RequestKind] = tuple(UNDONE_BY)


def draw_undo(shop: Shop, kinds: Sequence[RequestKind] = EVERY_KIND, *, dataset: str | None = None, model: str | None = None) -> None:
    """Draw the decisions that can be undone, and the button that undoes the chosen one.

    Args:
        shop: The shop.
        kinds: Kinds of decisions that are listed.
        dataset: The dataset that they are about; None means any.
        model: The registered model that they are about; None means any.
    """
    decisions = {
        entry.request.id: entry
        for entry in cache.undoable(shop)
        if entry.request.kind in kinds and dataset in (None, entry.request.dataset) and model in (None, entry.request.model)
    }
    if not decisions:
        return
    with st.container(border=True):
        st.markdown(f"**{tr('Undo a decision')}**")
        labels = {name: decision_label(entry) for name, entry in decisions.items()}
        chosen = decisions[choose(st.selectbox, tr("Decision"), list(decisions), labels.__getitem__, f"undo_decision_{dataset}_{model}")]
        st.caption(_effect(chosen))
        by, inverse = draw_name(shop, "undo_by"), UNDONE_BY[chosen.request.kind]
        if draw_act(_button(chosen), shop, inverse, chosen.request.dataset, key="undo_decision", icon=":material/undo:", width="content"):
            _submit(shop, chosen, by)


def decision_label(entry: Undoable) -> str:
    """Return when and by whom something was decided, and about how many rows."""
    request = entry.request
    rows = ntr("{count} row", "{count} rows", entry.rows) if entry.rows else ""
    return " · ".join(part for part in (format_time(request.at), label(request.kind), request.model or request.dataset, rows, request.by, request.note) if part)


def _submit(shop: Shop, entry: Undoable, by: str) -> None:
    request, inverse = entry.request, inverse_of(entry.request)
    if not isinstance(inverse, Message):
        kind, names = inverse
        submit_request(shop, kind, request.dataset, by=by, note="", rows=names, model=request.model)


def _button(entry: Undoable) -> str:
    if entry.rows:
        return ntr("Hold {count} row again", "Hold {count} rows again", entry.rows)
    buttons = {
        "override": tr("End the override"),
        "rollback": tr("Undo the rollback"),
        "change_rule": tr("Take the rule back"),
        "map_values": tr("Undo the mapping"),
        "merge_products": tr("Undo the merge"),
    }
    return buttons[entry.request.kind]


def _effect(entry: Undoable) -> str:
    effects = {
        "correct": tr("Its rows leave the published ones, and are held again with the cells that they had. Models that learned from them are named."),
        "release": tr("Its rows leave the published ones, and are held again with the reasons that they had. Models that learned from them are named."),
        "reject": tr("Its rows are held again with the reasons that they had."),
        "override": tr("The gate is what the scores say again."),
        "rollback": tr("The version that was rolled back serves again."),
        "map_values": tr("The published rows get their former values, and sluice.yaml maps the values no longer."),
        "merge_products": tr("The rows that the merge changed get their former ids, and sluice.yaml maps these no longer."),
        "change_rule": tr("sluice.yaml has the rule as before the change; other edits since stay."),
    }
    return effects[entry.request.kind]
