"""Draw the rules of a dataset: one is tried on the days before, written into sluice.yaml once somebody accepts it, and taken back."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown
from dashboard.widgets.choice import choose
from dashboard.widgets.config_versions import draw_approvals, draw_versions
from dashboard.widgets.layout import draw_empty, draw_heading, require_shop
from dashboard.widgets.request_form import draw_confirmation, draw_requests
from dashboard.widgets.rule_form import draw_rule_form
from dashboard.widgets.signature import draw_act
from dashboard.widgets.suggestions import draft_of, draw_suggestions, drop_draft
from dashboard.widgets.trial import DAYS, draw_trial, named_trial, submit_trial
from dashboard.widgets.trial_links import draw_trial_links
from dashboard.widgets.undo import draw_undo
from sluice.config import Step
from sluice.config.write import step_line
from sluice.domain import RuleEdit
from sluice.wiring.expected_rules import position_of

NEW = -1  # the position of a rule that the suite lacks


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Rules"), tr("Try a rule on the batches that came before, and write it into sluice.yaml once you see what it does."))
    draw_confirmation()
    trial, names = named_trial(shop), datasets_of(shop)
    first = names.index(trial.edit.dataset) if trial and trial.edit.dataset in names else 0
    dataset = st.selectbox(tr("Dataset"), names, first, key="rules_dataset", bind="query-params")
    draw_panel(shop, dataset)
    draw_approvals(shop, dataset)
    draw_trial(shop, trial)
    draw_suggestions(shop, dataset)
    draw_undo(shop, ("change_rule",), dataset=dataset)
    st.subheader(tr("Requests"), anchor=False)
    draw_requests(shop, ("suggest_rules", "try_rule", "change_rule", "undo_change_rule", "restore_config"), dataset)
    draw_trial_links(shop, dataset, trial)
    draw_versions(shop, dataset)


def draw_panel(shop: Shop, dataset: str) -> None:
    """Draw the form in which a rule is chosen, and the button that tries it."""
    suite = shop.config.datasets[dataset].suite
    if isinstance(suite, str):
        draw_empty(tr("The suite of this dataset is a file"), tr("Change {file} by hand, or write the rules into sluice.yaml.", file=suite))
        return
    with st.container(border=True):
        st.markdown(f"**{tr('Try a rule')}**")
        draft = draft_of(dataset)
        edit = draw_edited(shop, dataset, draft) if draft else draw_chosen(shop, dataset, suite)
        left, right = st.columns([2, 1], vertical_alignment="bottom")
        days = left.segmented_control(tr("Days back"), DAYS, default=14, required=True, key="rules_days")
        wrong = edit is None
        clicked = draw_act(tr("Try"), shop, "try_rule", dataset, key="rules_try", place=right, primary=True, icon=":material/science:", disabled=wrong)
        if clicked and edit:
            submit_trial(shop, edit, days)


def draw_edited(shop: Shop, dataset: str, draft: RuleEdit) -> RuleEdit | None:
    """Draw the form of the suggestion that is edited; see `draw_rule_form`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(tr("A suggested rule: {rule}", rule=markdown(draft.name)))
        if st.button(tr("Choose another rule"), key="rules_drop_draft"):
            drop_draft()
            st.rerun()
    edited = draw_rule_form(shop, dataset, Step(name=draft.name, settings=draft.settings), draft.position)
    return replace(edited, why=draft.why) if edited else None


def draw_chosen(shop: Shop, dataset: str, suite: tuple[Step, ...]) -> RuleEdit | None:
    """Draw which rule is tried, and its form; see `draw_rule_form`."""
    position = choose_rule(dataset, suite)
    return draw_rule_form(shop, dataset, None if position < 0 else suite[position], None if position < 0 else position)


def choose_rule(dataset: str, suite: tuple[Step, ...]) -> int:
    """Draw which rule is tried: a new one, or one of the suite with other settings; return its position, -1 for a new one."""
    labels = {NEW: tr("A new rule"), **{position: step_line(step, "").removeprefix("- ") for position, step in enumerate(suite)}}
    named = named_rule(suite)
    return choose(st.selectbox, tr("Rule"), [named, *(code for code in labels if code != named)], labels.__getitem__, f"rules_rule_{dataset}")


def named_rule(suite: tuple[Step, ...]) -> int:
    """Return the position of the rule that the address names; -1 where it names none."""
    position = position_of(suite, st.query_params.get("rule", ""))
    return NEW if position is None else position


draw_page()
