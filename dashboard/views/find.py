"""Draw where a value, a row, a file or a run is: published, held, repaired, flagged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.formatting import format_count
from dashboard.widgets.layout import draw_choice, draw_empty, draw_heading, require_shop
from dashboard.widgets.rule_links import history_of
from dashboard.widgets.search import searched
from sluice.store.find import LIMIT, Match, Search

MAX_RULES = 12  # links
MANY = 10_000  # matches of a place that are listed on demand
_ALL = "find_all"


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Find"), tr("A user, an item, an event, a row id, a file or a run, as a whole value. Select a match to open it."))
    value = searched()
    limit = MANY if st.session_state.get(_ALL) == value else LIMIT
    search = cache.find(shop, value, limit) if value else None
    if search is None:
        draw_empty(tr("Nothing is searched yet"), tr("Enter the whole value in the box above."))
        return
    rules = [] if search.matches else rules_like(shop, value)
    if not search.matches:
        advice = tr("No column of any row, no file and no run is exactly this. Write the whole value, as the data has it, such as a user's id or a full title.")
        draw_empty(tr("No row has the value “{value}”", value=markdown(value)), advice)
        draw_rules(rules)
        return
    selected = draw_choice([_row(match) for match in search.matches], f"matches {hash(search.matches)}")
    st.caption(ntr("{count} match", "{count} matches", search.total))
    if search.total > len(search.matches):
        draw_more(search, value, limit)
    if selected is not None:
        open_match(search.matches[selected])


def draw_more(search: Search, value: str, limit: int) -> None:
    """Say that not all matches are listed, and draw the button that lists more."""
    st.caption(tr("Only the first {count} are listed.", count=format_count(len(search.matches))))
    if limit < MANY and st.button(tr("List more"), key="find_more"):
        st.session_state[_ALL] = value
        st.rerun()


def rules_like(shop: Shop, text: str) -> list[tuple[str, str]]:
    """Return the rules whose name, or whose last finding, has a text: by dataset and id."""
    sought = text.casefold()
    rules: dict[tuple[str, str], None] = {}
    for incident in cache.incidents(shop):
        if incident.dataset in shop.config.datasets and sought in f"{incident.rule} {render_message(incident.message)}".casefold():
            rules[incident.dataset, incident.rule] = None
    for dataset in shop.config.datasets:
        rules |= {(dataset, rule): None for rule in cache.detected(shop, dataset)["rule"].unique(maintain_order=True) if sought in rule.casefold()}
    return list(rules)[:MAX_RULES]


def draw_rules(rules: Sequence[tuple[str, str]]) -> None:
    """Draw links to the rules that have the text."""
    if rules:
        st.markdown(f"**{tr('Rules and detectors whose name or finding has this text')}**")
    for dataset, rule in rules:
        label_text = f"{markdown(dataset)} · {markdown(rule)}"
        st.page_link("views/rule.py", label=label_text, icon=":material/show_chart:", query_params=history_of(dataset, rule))


def open_match(match: Match) -> None:
    """Open the page of a row or of a run."""
    if match.row:
        st.switch_page("views/row.py", query_params={"row": match.row})
    st.switch_page("views/runs.py", query_params={"run": match.run})


def _row(match: Match) -> Mapping[str, object]:
    return {tr("Place"): label(match.place), tr("Dataset"): match.dataset, tr("Column"): match.column, tr("Row"): match.row, tr("Run"): match.run}


draw_page()
