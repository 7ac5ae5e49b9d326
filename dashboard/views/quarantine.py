"""The rows that are held back: by dataset and reason, a page at a time; one opened; some or all released or rejected."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st
from polars import selectors as cs

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import namer, word
from dashboard.i18n.language import said, tr
from dashboard.safety import export, masking
from dashboard.safety.escape import markdown
from dashboard.widgets import cell_table, layout, request_form
from sluice.domain import REASONS, RESERVED, ROW, RequestKind
from sluice.messages import reason_message
from sluice.store.dashboard_queries import PAGE_SIZE, ROW_STATES, HeldByRule, QuarantinedRow, QuarantineFilter, all_quarantined


def page() -> None:
    """Draw the page."""
    shop = layout.require_shop()
    layout.heading(tr("Quarantine"), tr("Rows that were held back, and why. Open one, release it, or reject it for good."))
    request_form.filed()
    wanted, reason = ask(shop)
    total = cache.count(shop, wanted)
    if total:
        chosen = browse(shop, wanted, total)
        act(shop, wanted, reason, chosen)
        if len(chosen) == 1:
            open_row(shop, wanted.dataset, chosen[0])
    else:
        layout.empty(tr("No row here"), tr("No row is in this state. Choose another dataset, state or reason above."))
    st.subheader(tr("Requests"), anchor=False)
    request_form.requests(shop, ("release", "reject"), wanted.dataset)


def ask(shop: Shop) -> tuple[QuarantineFilter, HeldByRule | None]:
    """Which rows: of which dataset, in which state, for which reason."""
    left, middle, right = st.columns([2, 2, 5])
    dataset = left.selectbox(tr("Dataset"), list(shop.config.datasets), key="quarantine_dataset", bind="query-params")
    state = middle.selectbox(tr("State"), ROW_STATES, format_func=namer(ROW_STATES), key="quarantine_state")
    reasons = {each.rule: each for each in cache.reasons(shop, QuarantineFilter(dataset, state))}
    labels: dict[str | None, str] = {
        None: tr("Every reason"),
        **{rule: f"{said(each.message) or rule} ({layout.number(each.rows)})" for rule, each in reasons.items()},
    }
    rule = right.selectbox(tr("Reason"), list(labels), format_func=labels.__getitem__, key=f"quarantine_rule_{dataset}_{state}")
    return QuarantineFilter(dataset, state, rule), reasons.get(rule or "")


def browse(shop: Shop, wanted: QuarantineFilter, total: int) -> list[str]:
    """One page of rows; the ids of those ticked, or of the one that the address names."""
    place = st.container()
    count = -(-total // PAGE_SIZE)
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        number = st.pagination(count, key=f"page {wanted}") if count > 1 else 1
    rows = cache.quarantined(shop, wanted, number)
    first = (number - 1) * PAGE_SIZE + 1
    left.caption(tr("Rows {first} to {last} of {total}", first=layout.number(first), last=layout.number(first + rows.height - 1), total=layout.number(total)))
    with right:
        download(shop, wanted)
    event = place.dataframe(
        shown(shop, wanted.dataset, rows),
        hide_index=True,
        width="stretch",
        height=390,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"rows {wanted} {number}",
    )
    ticked = [rows[ROW][position] for position in event.selection.rows]
    named = st.query_params.get("row")
    return ticked or ([named] if named else [])


def shown(shop: Shop, dataset: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as they are put on the page: reasons in words first, personal columns masked."""
    masked = masking.mask(rows, shop.schema(dataset)).with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S"))
    why = pl.Series(tr("Why"), ["; ".join(said(reason_message(reason)) for reason in each or ()) for each in masked[REASONS].to_list()], dtype=pl.String)
    return masked.select(why, pl.exclude(*RESERVED), pl.col(ROW).alias(tr("Row")))


def download(shop: Shop, wanted: QuarantineFilter) -> None:
    """Offer all rows of the filter as a file, made when it is asked for."""

    def content() -> bytes:
        rows = masking.mask(all_quarantined(shop.store, wanted), shop.schema(wanted.dataset))
        return export.to_csv(rows)

    name = f"quarantine-{wanted.dataset}-{wanted.state}.csv"
    st.download_button(tr("Download all rows as CSV"), content, name, "text/csv", on_click="ignore", help=tr("Personal columns are masked."), width="stretch")


def act(shop: Shop, wanted: QuarantineFilter, reason: HeldByRule | None, chosen: Sequence[str]) -> None:
    """Ask for a release or a rejection: of the ticked rows, or of all that one reason holds alone."""
    if wanted.state != "held":
        return
    scopes = {"rows": tr("The ticked rows: {rows}", rows=layout.number(len(chosen)))} if chosen else {}
    if reason and reason.alone:
        scopes["rule"] = tr("Every row held for this reason alone: {rows}", rows=layout.number(reason.alone))
    with st.container(border=True):
        st.markdown(f"**{tr('Release or reject')}**")
        if not scopes:
            st.caption(tr("Tick rows in the table, or choose a reason above, to release or reject them."))
            return
        scope = st.radio(tr("Which rows"), list(scopes), format_func=scopes.__getitem__, key=f"scope {wanted}", label_visibility="collapsed")
        by, note = request_form.signature()
        of = {"rule": wanted.rule} if scope == "rule" else {"rows": chosen}
        release, reject, hint = st.columns([1, 1, 3], vertical_alignment="center")
        hint.caption(tr("Released rows are judged again without the rules that held them, then published. Rejected rows are never published."))
        kind: RequestKind | None = "release" if release.button(tr("Release"), type="primary", width="stretch") else None
        kind = "reject" if reject.button(tr("Reject"), width="stretch") else kind
        if kind:
            request_form.file(shop, kind, wanted.dataset, by=by, note=note, **of)


def open_row(shop: Shop, dataset: str, row_id: str) -> None:
    """One row: its reasons, and each cell as it arrived and as it is now."""
    found = cache.row(shop, dataset, row_id)
    if found is None:
        st.caption(tr("That row is not in the quarantine."))
        return
    with st.container(border=True):
        layout.titled(tr("One row, cell by cell"), found.state)
        st.text(f"{tr('Row')} {row_id}")
        fate(found)
        layout.sentences(map(reason_message, masking.mask(found.row, shop.schema(dataset))[REASONS].to_list()[0] or ()))
        st.html(cell_table.table(cell_table.cells(found.row, found.repairs, shop.schema(dataset))))


def fate(found: QuarantinedRow) -> None:
    """Who released or rejected the row, and why."""
    if found.state != "held":
        st.caption(f"{word(found.state)} · {layout.moment(found.at)} · {markdown(found.by)} · {markdown(found.reason)}")


page()
