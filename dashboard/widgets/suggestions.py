"""Draw suggested rules with their evidence: each is accepted, edited in the form, or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import message_markdown
from dashboard.widgets.formatting import format_time
from dashboard.widgets.request_form import name_needed, submit_request
from dashboard.widgets.signature import draw_act, draw_name
from dashboard.widgets.trial import DAYS, open_trial
from sluice.config import Step
from sluice.config.text import digest_of, read_text
from sluice.config.write import step_line
from sluice.domain import RuleEdit, RuleSuggestion, Trial
from sluice.store.ids import new_id

_DRAFT = "rule_draft"  # the suggestion that is edited in the form
_COLOURS = {"add": "blue", "change": "orange", "hold": "red"}


def draw_suggestions(shop: Shop, dataset: str) -> None:
    """Draw the suggestions for a dataset, and the button that looks for new ones."""
    st.subheader(tr("Suggested rules"), anchor=False)
    entries = [entry for entry in cache.suggestions(shop, dataset) if applies(entry, shop.config.datasets[dataset].suite)]
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    by = draw_name(shop, "suggestions_by", left)
    if draw_act(tr("Look for suggestions"), shop, "suggest_rules", dataset, key="suggestions_look", place=right, icon=":material/lightbulb:"):
        submit_request(shop, "suggest_rules", dataset, by=by or "dashboard", note="")
    if not entries:
        st.caption(tr("Accepted batches suggest rules; the scheduler (sluice serve) or the next sluice run looks for them."))
    present, refused = ([entry for entry in entries if bool(entry.refused_by) == is_refused] for is_refused in (False, True))
    for entry in present:
        with st.container(border=True):
            draw_suggestion(shop, entry, by)
    draw_refused(shop, refused, by)


def applies(entry: RuleSuggestion, suite: Sequence[Step] | str) -> bool:
    """Return True where the suite still lacks a suggested rule, or still has the rule that would change at its place."""
    if isinstance(suite, str):
        return False
    edit, columns = entry.edit, {name: value for name, value in entry.edit.settings.items() if name.startswith("column")}
    if edit.position is None:
        return not any(step.name == edit.name and columns.items() <= dict(step.settings).items() for step in suite)
    present = suite[edit.position] if edit.position < len(suite) else None
    return present is not None and present.name == edit.name and columns.items() <= dict(present.settings).items() and dict(present.settings) != edit.settings


def draw_suggestion(shop: Shop, entry: RuleSuggestion, by: str) -> None:
    """Draw a suggestion, and its three answers."""
    kinds = {"add": tr("New rule"), "change": tr("Other limits"), "hold": tr("Begin to hold rows")}
    st.markdown(f":{_COLOURS[entry.kind]}-badge[{kinds[entry.kind]}] {message_markdown(render_message(entry.evidence))}")
    st.code(_line(entry), language="yaml", wrap_lines=True)
    st.caption(message_markdown(f"{render_message(entry.reason)} · {format_time(entry.at)} UTC"))
    with st.container(horizontal=True, gap="small"):
        name = f"{entry.kind} {entry.rule}"
        if st.button(tr("Accept"), icon=":material/check:", key=f"suggestion_accept {name}"):
            _open(shop, entry)
        if st.button(tr("Edit"), icon=":material/edit:", key=f"suggestion_edit {name}"):
            st.session_state[_DRAFT] = entry.edit
            st.rerun()
        if draw_act(tr("Refuse"), shop, "suggest_rules", entry.edit.dataset, key=f"suggestion_refuse {name}", icon=":material/close:", width="content"):
            _decide(shop.store.suggestions.refuse, entry, by)


def draw_refused(shop: Shop, entries: Sequence[RuleSuggestion], by: str) -> None:
    """Draw what was refused, and the buttons that take it back."""
    if not entries:
        return
    with st.expander(ntr("{count} refused suggestion", "{count} refused suggestions", len(entries))):
        for entry in entries:
            st.code(_line(entry), language="yaml", wrap_lines=True)
            text = tr("Suggest again (refused by {by})", by=entry.refused_by)
            if draw_act(text, shop, "suggest_rules", entry.edit.dataset, key=f"suggestion_again {entry.kind} {entry.rule}", width="content"):
                _decide(shop.store.suggestions.reconsider, entry, by)


def draft_of(dataset: str) -> RuleEdit | None:
    """Return the suggestion for a dataset that is edited in the form."""
    draft = st.session_state.get(_DRAFT)
    return draft if isinstance(draft, RuleEdit) and draft.dataset == dataset else None


def drop_draft() -> None:
    """Edit no suggestion any more."""
    st.session_state.pop(_DRAFT, None)


def _open(shop: Shop, entry: RuleSuggestion) -> None:
    """Show what a suggestion changes in sluice.yaml, where it is written by name."""
    open_trial(shop, Trial(new_id(), entry.edit, digest_of(read_text(Path(shop.path))), DAYS[1]))


def _decide(decide: Callable[..., None], entry: RuleSuggestion, by: str) -> None:
    if not by:
        st.warning(name_needed())
        return
    decide(entry, by=by)
    st.rerun()


def _line(entry: RuleSuggestion) -> str:
    return step_line(Step(name=entry.edit.name, settings=entry.edit.settings), "")
