"""Draw the panel that decides on held rows: what it acts on stands on its buttons, and nothing beside them changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, tr
from dashboard.widgets.request_form import draw_signature, submit_request
from dashboard.widgets.signature import draw_act
from sluice.domain import RequestKind
from sluice.rules import waivable
from sluice.store.dashboard_queries import HeldByRule, QuarantineFilter


@dataclass(frozen=True, slots=True)
class Scope:
    """Name the held rows that a decision is about.

    Attributes:
        count: Number of rows.
        rows: Their ids; empty with a `rule`: every row that it holds alone.
        rule: The rule.
    """

    count: int
    rows: tuple[str, ...] = ()
    rule: str | None = None

    def button(self, kind: RequestKind) -> str:
        """Return the text of the button that releases or rejects exactly these rows."""
        if self.rule is None and kind == "release":
            return ntr("Release {count} row", "Release {count} rows", self.count)
        if self.rule is None:
            return ntr("Reject {count} row", "Reject {count} rows", self.count)
        if kind == "release":
            return ntr("Release {count} row of this reason", "Release {count} rows of this reason", self.count)
        return ntr("Reject {count} row of this reason", "Reject {count} rows of this reason", self.count)


def scope_of(ticked: Sequence[str], opened: str | None, reason: HeldByRule | None) -> Scope | None:
    """Return what a decision acts on: the ticked rows, else the opened one, else all rows of the chosen reason; None where there is nothing.

    Args:
        ticked: Ids of the rows that are ticked in the table.
        opened: Id of the held row that the address names.
        reason: The chosen reason.
    """
    if rows := tuple(ticked) or ((opened,) if opened else ()):
        return Scope(len(rows), rows)
    return Scope(reason.alone, rule=reason.rule) if reason and reason.alone else None


def draw_decision(shop: Shop, selection: QuarantineFilter, reason: HeldByRule | None, ticked: Sequence[str], opened: str | None) -> None:
    """Draw the panel, and submit the request of the button that is clicked."""
    held = opened if opened and _is_held(shop, selection.dataset, opened) else None
    with st.container(border=True):
        st.markdown(f"**{tr('Release or reject')}**")
        scope = scope_of(ticked, held, reason)
        if scope is None:
            st.caption(tr("Select rows in the table, or choose a reason above, to release or reject them."))
            return
        _draw_extent(scope, reason, opened=not ticked)
        by, note = draw_signature(shop)
        kind = _draw_buttons(shop, selection.dataset, scope)
        if kind:
            submit_request(shop, kind, selection.dataset, by=by, note=note, rows=scope.rows, rule=scope.rule, ask=kind == "release")


def _is_held(shop: Shop, dataset: str, row: str) -> bool:
    quarantined = cache.row(shop, dataset, row)
    return quarantined is not None and quarantined.state == "held"


def _draw_extent(scope: Scope, reason: HeldByRule | None, *, opened: bool) -> None:
    """Say which rows of the chosen reason a decision leaves out, and how to decide on them."""
    if reason is None:
        return
    if scope.rule is None:
        st.caption(tr("Only the selected rows are decided on. To decide on all rows of the reason, clear the selection."))
        if opened and st.button(tr("Close the row"), key="decide_close"):
            del st.query_params["row"]
            st.rerun()
    elif others := reason.rows - reason.alone:
        st.caption(ntr("{count} further row has other reasons too, and stays held.", "{count} further rows have other reasons too, and stay held.", others))


def _draw_buttons(shop: Shop, dataset: str, scope: Scope) -> RequestKind | None:
    """Draw the buttons, and return the kind of request of the one that was clicked."""
    fixed = scope.rule is not None and not waivable([scope.rule])
    release, reject = st.columns(2)
    released = draw_act(scope.button("release"), shop, "release", dataset, key="decide_release", place=release, primary=True, disabled=fixed)
    rejected = draw_act(scope.button("reject"), shop, "reject", dataset, key="decide_reject", place=reject)
    st.caption(tr("Released rows are checked again without the rules that held them, then published. Rejected rows are never published."))
    if fixed:
        st.caption(tr("A key must be unique: rows of this reason cannot be released. Reject them, or correct the file and send it again."))
    return "release" if released else "reject" if rejected else None
