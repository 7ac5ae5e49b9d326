"""Draw the panel that decides on held rows: what it acts on stands on its buttons, and nothing beside them changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, tr
from dashboard.widgets.formatting import format_count
from dashboard.widgets.open_requests import is_decided
from dashboard.widgets.request_form import draw_signature, submit_request
from dashboard.widgets.signature import draw_act
from sluice.domain import RequestKind
from sluice.rules import waivable
from sluice.store.dashboard_queries import HeldByRule, QuarantineFilter

MAX_DECIDED = 20_000  # rows that one request names; all rows of a reason have no limit


@dataclass(frozen=True, slots=True)
class Scope:
    """Name the held rows that a decision is about.

    Attributes:
        count: Number of rows.
        rows: Their ids; empty with a `rule`: every row that it holds alone.
        rule: The rule.
        filtered: Whether the rows are all that the filters by batch and column select.
    """

    count: int
    rows: tuple[str, ...] = ()
    rule: str | None = None
    filtered: bool = False

    def button(self, kind: RequestKind) -> str:
        """Return the text of the button that releases or rejects exactly these rows."""
        if self.rule is None and kind == "release":
            return ntr("Release {count} row", "Release {count} rows", self.count)
        if self.rule is None:
            return ntr("Reject {count} row", "Reject {count} rows", self.count)
        if kind == "release":
            return ntr("Release {count} row of this reason", "Release {count} rows of this reason", self.count)
        return ntr("Reject {count} row of this reason", "Reject {count} rows of this reason", self.count)


def scope_of(ticked: Sequence[str], opened: str | None, reason: HeldByRule | None, narrowed: Sequence[str] | None = None) -> Scope | None:
    """Return what a decision acts on; None where there is nothing.

    It is the ticked rows, else the opened one, else those that the filters by batch and column select, else all rows of the chosen reason.

    Args:
        ticked: Ids of the rows that are ticked in the table.
        opened: Id of the held row that the address names.
        reason: The chosen reason.
        narrowed: Ids of the rows that a batch or a column selects, of the chosen reason where there is one; None where neither is chosen.
    """
    if rows := tuple(ticked) or ((opened,) if opened else ()):
        return Scope(len(rows), rows)
    if narrowed is not None:
        return Scope(len(narrowed), tuple(narrowed), filtered=True) if narrowed else None
    return Scope(reason.alone, rule=reason.rule) if reason and reason.alone else None


def draw_decision(shop: Shop, selection: QuarantineFilter, reason: HeldByRule | None, ticked: Sequence[str], opened: str | None) -> None:
    """Draw the panel, and submit the request of the button that is clicked."""
    total = cache.count(shop, selection)
    held = opened if opened and _is_held(shop, selection.dataset, opened) else None
    with st.container(border=True):
        st.markdown(f"**{tr('Release or reject')}**")
        scope = scope_of(ticked, held, reason, _narrowed(shop, selection))
        if scope is None:
            st.caption(tr("Select rows in the table, or choose a reason above, to release or reject them."))
            return
        if is_decided(cache.requests(shop), selection.dataset, scope.rows, scope.rule):
            st.caption(tr("A request about these rows is in progress."))
            return
        if scope.filtered:
            _draw_filtered(scope, reason, total)
        else:
            _draw_extent(scope, reason, opened=not ticked)
        by, note = draw_signature(shop)
        kind = _draw_buttons(shop, selection.dataset, scope)
        if kind:
            submit_request(shop, kind, selection.dataset, by=by, note=note, rows=scope.rows, rule=scope.rule, ask=kind == "release")


def _narrowed(shop: Shop, selection: QuarantineFilter) -> Sequence[str] | None:
    return cache.decidable(shop, selection, MAX_DECIDED) if selection.narrowed else None


def _is_held(shop: Shop, dataset: str, row: str) -> bool:
    quarantined = cache.row(shop, dataset, row)
    return quarantined is not None and quarantined.state == "held"


def _draw_filtered(scope: Scope, reason: HeldByRule | None, total: int) -> None:
    """Say that all rows of the filters are decided on, and how many of them are left out."""
    st.caption(tr("All rows that the filters select are decided on, also those on other pages. To decide on some of them, select these."))
    if scope.count == MAX_DECIDED < total:
        st.caption(tr("One decision is about {count} rows at most; decide again for the others.", count=format_count(MAX_DECIDED)))
    elif reason and (others := total - scope.count):
        st.caption(ntr("{count} further row has other reasons too, and stays held.", "{count} further rows have other reasons too, and stay held.", others))


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
