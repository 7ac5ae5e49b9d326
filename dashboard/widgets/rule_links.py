"""Name the pages of a rule's history and of its column."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown


def history_of(dataset: str, rule: str) -> Mapping[str, str]:
    """Return the parameters of the address at which the history of a rule is drawn."""
    return {"history_dataset": dataset, "history_rule": rule}


def column_of(dataset: str, column: str) -> Mapping[str, str]:
    """Return the parameters of the address at which a column is drawn."""
    return {"columns_dataset": dataset, "column": column}


def draw_column_link(shop: Shop, dataset: str, rule: str) -> None:
    """Draw the link to the column that a rule names; none where it names none, or several."""
    column = rule.partition(":")[2]
    if dataset in shop.config.datasets and column in shop.schema(dataset).names:
        text = tr("Column {column}", column=markdown(column))
        st.page_link("views/columns.py", label=text, icon=":material/view_column:", query_params=column_of(dataset, column))
