"""Draw the products that are listed under several ids, and the form that gives one of them one id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.layout import draw_choice, draw_table
from dashboard.widgets.request_form import draw_signature, submit_request
from dashboard.widgets.signature import draw_act
from sluice.config.mappings import add_mapping
from sluice.config.text import difference, read_text
from sluice.domain import ListedProduct, ProductGroup
from sluice.errors import SluiceError


def draw_groups(shop: Shop, dataset: str, groups: Sequence[ProductGroup], references: Sequence[tuple[str, str]]) -> None:
    """Draw the groups as a table, and the form for the selected one, else for the first."""
    selected = draw_choice([group_row(group) for group in groups], f"products {dataset} {hash(tuple(_ids(groups)))}")
    with st.container(border=True):
        draw_merge(shop, dataset, groups[selected or 0], references)


def group_row(group: ProductGroup) -> Mapping[str, object]:
    """Return a group as a row of the table."""
    return {
        tr("Ids"): " · ".join(one.id for one in group.products),
        tr("Product"): next((text for text in group.products[0].cells.values() if text), ""),
        tr("Rows that refer to it"): sum(one.rows for one in group.products),
        tr("Probability"): group.probability,
    }


def draw_merge(shop: Shop, dataset: str, group: ProductGroup, references: Sequence[tuple[str, str]]) -> None:
    """Draw the listings of a product, the choice of the id that stays, what changes in the rows and in sluice.yaml, and the button."""
    draw_table([_product_row(one) for one in group.products])
    listed = {one.id: one for one in group.products}
    key = f"{dataset} {' '.join(listed)}"
    keep = st.selectbox(tr("Id that stays"), list(listed), key=f"merge_keep {key}")
    others = [name for name in listed if name != keep]
    merged = st.pills(tr("Ids that become it"), others, default=others, format_func=markdown, selection_mode="multi", key=f"merge_others {key} {keep}")
    if not references:
        st.info(tr("No column of another dataset refers to {dataset}, so that there is nothing to merge.", dataset=markdown(dataset)))
        return
    changes = _difference(shop, references, dict.fromkeys(merged, keep)) if merged else None
    if changes is None:
        return
    rows = sum(listed[name].rows for name in merged)
    places = ", ".join(f"{name}.{column}" for name, column in references)
    st.caption(ntr("{count} published row of {places} changes.", "{count} published rows of {places} change.", rows, places=places))
    st.code(changes, language="diff", wrap_lines=True)
    by, note = draw_signature(shop)
    text = tr("Merge into {keep}", keep=markdown(keep))
    if draw_act(text, shop, "merge_products", dataset, key="products_merge", primary=True, width="content"):
        submit_request(shop, "merge_products", dataset, by=by, note=note, rows=(keep, *merged))
    st.caption(tr("Each changed cell is a repair that can be undone. The rows of the catalog stay as they are."))


def _product_row(product: ListedProduct) -> Mapping[str, object]:
    return {tr("Id"): product.id, tr("Rows that refer to it"): product.rows, **product.cells}


def _difference(shop: Shop, references: Sequence[tuple[str, str]], values: Mapping[str, str]) -> str | None:
    """Return what changes in sluice.yaml; where it cannot be written there, draw why."""
    path = Path(shop.path)
    try:
        text = changed = read_text(path)
        for dataset, column in references:
            changed = add_mapping(changed, dataset, column, values)
        return difference(path, text, changed)
    except SluiceError as error:
        st.error(message_markdown(str(error)))
        return None


def _ids(groups: Sequence[ProductGroup]) -> list[str]:
    return [one.id for group in groups for one in group.products]
