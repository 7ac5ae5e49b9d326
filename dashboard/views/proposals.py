"""Draw what a language model proposes, and the buttons that accept or refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.formatting import NOTHING, format_time
from dashboard.widgets.layout import draw_empty, draw_heading, require_shop
from dashboard.widgets.request_form import draw_confirmation, draw_requests, name_needed, submit_request
from dashboard.widgets.signature import acting_person, draw_act, draw_name
from dashboard.widgets.undo import draw_undo
from sluice.config.mappings import STEP
from sluice.config.text import digest_of, read_text
from sluice.domain import ModelProposal, Request, RequestKind, RuleEdit, Trial
from sluice.errors import UsageError
from sluice.messages import error_message
from sluice.rules.language_model.deciding import accepted_cells, accepted_values, is_acceptable, requests_of
from sluice.store.ids import new_id

PAGE = 30  # proposals of a page
_COLOURS = {"fits": "green", "doubted": "orange", "fails": "red"}


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Proposals"), tr("What a language model proposes. Nothing is changed unless you accept it."))
    draw_confirmation()
    left, right = st.columns([2, 1])
    dataset = left.selectbox(tr("Dataset"), datasets_of(shop), key="proposals_dataset", bind="query-params")
    by = draw_name(shop, "proposals_by", right)
    proposals = shop.store.model_proposals.of(dataset)
    if shop.config.language_model is None and not proposals:
        draw_empty(tr("No language model is configured"), tr("`language_model` in sluice.yaml gives its address. Nothing needs one."))
        st.page_link("views/rules.py", label=tr("Suggested rules"), icon=":material/lightbulb:", query_params={"rules_dataset": dataset})
        return
    draw_questions_to_ask(shop, dataset, by)
    present = [one for one in proposals if one.is_open]
    if not present:
        draw_empty(tr("Nothing waits for a decision"), tr("Ask the language model above: it proposes values for held cells and for spellings."))
    for one in present[:PAGE]:
        with st.container(border=True):
            draw_proposal(shop, one, by)
    if len(present) > PAGE:
        st.caption(ntr("{count} more follows once you have decided on these.", "{count} more follow once you have decided on these.", len(present) - PAGE))
    st.subheader(tr("Requests"), anchor=False)
    draw_requests(shop, ("propose", "correct", "map_values"), dataset)
    draw_undo(shop, ("correct", "map_values"), dataset=dataset)


def draw_questions_to_ask(shop: Shop, dataset: str, by: str) -> None:
    """Draw the buttons that ask the language model, while one is configured."""
    if shop.config.language_model is None:
        return
    titles = {"cells": tr("Ask about held cells"), "values": tr("Ask about spellings and categories"), "contradictions": tr("Ask for contradictions")}
    with st.container(horizontal=True, gap="small"):
        for kind, title in titles.items():
            if draw_act(title, shop, "propose", dataset, key=f"proposals_ask_{kind}", icon=":material/forum:", width="content"):
                submit_request(shop, "propose", dataset, by=by or "dashboard", note="", rule=kind)


def draw_proposal(shop: Shop, one: ModelProposal, by: str) -> None:
    """Draw one proposal, what was found about it, and its two answers."""
    change = "" if one.kind == "contradiction" else f" {cell(one.value)} → {cell(one.text)}"
    colour, state = ("orange", one.kind) if one.kind == "contradiction" else (_COLOURS[one.check], one.check)
    st.markdown(f":{colour}-badge[{label(state)}] **{markdown(one.column)}**{change}")
    st.caption(message_markdown(f"{one.why} · {render_message(one.note)} · {one.model} · {format_time(one.at)} UTC"))
    if one.row:
        st.page_link("views/row.py", label=tr("What happened to it"), icon=":material/timeline:", query_params={"row": one.row})
    kind: RequestKind = "map_values" if one.kind == "value" else "correct"
    with st.container(horizontal=True, gap="small"):
        name = tr("Accept")
        clicked = draw_act(name, shop, kind, one.dataset, key=f"proposal_accept {one.id}", icon=":material/check:", disabled=not is_acceptable(one))
        if clicked:
            _accept(shop, [one], by)
        if draw_act(tr("Refuse"), shop, "propose", one.dataset, key=f"proposal_refuse {one.id}", icon=":material/close:", width="content"):
            _refuse(shop, one, by)


def cell(value: str | None) -> str:
    """Return a cell in quotes, so that Markdown within it is text; an empty one as elsewhere."""
    return NOTHING if value is None else markdown(f"'{value}'")


def _accept(shop: Shop, proposals: Sequence[ModelProposal], by: str) -> None:
    person = acting_person(shop)
    name = person.name if person else by
    if not name:
        st.warning(name_needed())
        return
    request = Request("", "correct", proposals[0].dataset, name, "", shop.now, person=person)
    try:
        for filing, part in requests_of(proposals, iter(new_id, ""), request):
            if filing.kind == "map_values":
                edit = RuleEdit(filing.dataset, STEP, {"column": part[0].column, "values": dict(accepted_values(part))})
                shop.store.trials.save(Trial(filing.rows[0], edit, digest_of(read_text(Path(shop.path))), 0))
            filed = shop.store.requests.submit(filing, accepted_cells(part))
            shop.store.model_proposals.accept(part, filed.id)
    except UsageError as error:
        st.warning(render_message(error_message(error)))
        return
    st.session_state["submitted"] = tr("The request was submitted. It is listed below, and carried out at the next run at the latest.")
    st.rerun()


def _refuse(shop: Shop, one: ModelProposal, by: str) -> None:
    if not by:
        st.warning(name_needed())
        return
    shop.store.model_proposals.refuse(one, by=by)
    st.rerun()


draw_page()
