"""Draw the spellings of one thing in a column, and the form that gives all of them one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.choice import choose
from dashboard.widgets.layout import draw_choice, draw_empty, draw_heading, require_shop
from dashboard.widgets.request_form import draw_confirmation, draw_requests, draw_signature, name_needed, submit_request
from dashboard.widgets.signature import draw_act
from dashboard.widgets.undo import draw_undo
from sluice.config.mappings import STEP, add_mapping
from sluice.config.text import difference, digest_of, read_text
from sluice.domain import RequestKind, RuleEdit, SpellingGroup, Trial
from sluice.errors import SluiceError
from sluice.rules.spellings import mapping_of
from sluice.store.ids import new_id

KINDS: Sequence[RequestKind] = ("map_values", "undo_map_values")


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Values"), tr("Values that are probably spellings of one thing. Choose one spelling for all: later batches get it too."))
    draw_confirmation()
    dataset, column = choose_column(shop)
    groups = cache.spelling_groups(shop, dataset, column) if column else ()
    if groups:
        draw_groups(shop, dataset, column, groups)
    else:
        draw_empty(
            tr("Nothing is spelt in several ways"), tr("Columns of the key, personal columns, and columns of numbers, codes, links or free text are left out.")
        )
    st.subheader(tr("Requests"), anchor=False)
    draw_requests(shop, KINDS, dataset)
    draw_undo(shop, KINDS[:1], dataset=dataset)


def choose_column(shop: Shop) -> tuple[str, str]:
    """Draw the choice of dataset and column, those with spellings first; return both, the column empty where the dataset has none."""
    left, right = st.columns(2)
    dataset = left.selectbox(tr("Dataset"), list(shop.config.datasets), key="values_dataset", bind="query-params")
    columns = [name for name in shop.schema(dataset).names if cache.spelling_groups(shop, dataset, name)]
    if not columns:
        return dataset, ""
    return dataset, right.selectbox(tr("Column"), columns, key=f"values_column_{dataset}")


def draw_groups(shop: Shop, dataset: str, column: str, groups: Sequence[SpellingGroup]) -> None:
    """Draw the groups as a table, and the form for the selected one, else for the first."""
    selected = draw_choice([group_row(group) for group in groups], f"values {dataset} {column} {hash(tuple(groups))}")
    with st.container(border=True):
        draw_decision(shop, dataset, column, groups[selected or 0])


def group_row(group: SpellingGroup) -> Mapping[str, object]:
    """Return a group as a row of the table."""
    return {
        tr("Spellings"): " · ".join(f"{quoted(one.value)} {one.rows:,}" for one in group.spellings),
        tr("Published"): sum(one.published for one in group.spellings),
        tr("Held"): sum(one.held for one in group.spellings),
    }


def quoted(value: str) -> str:
    """Return a value in quotes, which show blanks at its ends."""
    return f"'{value}'"


def _escaped(value: str) -> str:
    return markdown(quoted(value))


def draw_decision(shop: Shop, dataset: str, column: str, group: SpellingGroup) -> None:
    """Draw the choice of a spelling, what it changes in the rows and in sluice.yaml, and the button."""
    counts = {one.value: one for one in group.spellings}
    key = f"{dataset}_{column}_{group.most_frequent}"
    keep = choose(st.selectbox, tr("Spelling to keep"), list(counts), quoted, f"values_keep_{key}")
    others = [value for value in counts if value != keep]
    replaced = st.pills(tr("Spellings that become it"), others, default=others, format_func=_escaped, selection_mode="multi", key=f"values_others_{key}_{keep}")
    mapping = mapping_of(group, keep, replaced) if replaced else {}
    if not mapping:
        return
    changes = _difference(shop, dataset, column, mapping)
    if changes is None:
        return
    published, held = (sum(getattr(counts[value], place) for value in mapping) for place in ("published", "held"))
    st.caption(
        tr("Of the rows, {published} published ones change, and {held} held ones get the spelling when they are released.", published=published, held=held)
    )
    st.code(changes, language="diff", wrap_lines=True)
    by, note = draw_signature(shop)
    text = ntr("Change {count} published row to {value}", "Change {count} published rows to {value}", published, value=_escaped(keep))
    if draw_act(text, shop, "map_values", dataset, key="values_map", primary=True, width="content"):
        _submit(shop, RuleEdit(dataset, STEP, {"column": column, "values": dict(mapping)}), by, note)
    st.caption(tr("Each changed cell is a repair that can be undone; rows that then fail a rule are held."))


def _difference(shop: Shop, dataset: str, column: str, mapping: Mapping[str, str]) -> str | None:
    """Return what changes in sluice.yaml; where it cannot be written there, draw why."""
    path = Path(shop.path)
    try:
        return difference(path, text := read_text(path), add_mapping(text, dataset, column, mapping))
    except SluiceError as error:
        st.error(message_markdown(str(error)))
        return None


def _submit(shop: Shop, edit: RuleEdit, by: str, note: str) -> None:
    if not by:
        st.warning(name_needed())
        return
    trial = Trial(new_id(), edit, digest_of(read_text(Path(shop.path))), 0)
    shop.store.trials.save(trial)
    submit_request(shop, "map_values", edit.dataset, by=by, note=note, rows=(trial.id,), rule=STEP)


draw_page()
