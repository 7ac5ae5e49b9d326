"""Draw the products of a catalog that may be listed under several ids: pairs that people label, and merges that they decide on."""

from __future__ import annotations

import streamlit as st

from dashboard.data.products import Products, newest_search, products_of
from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import message_markdown
from dashboard.widgets.layout import draw_empty, draw_heading, draw_table, require_shop
from dashboard.widgets.merge_form import draw_groups
from dashboard.widgets.pair_file import draw_pair_file
from dashboard.widgets.pair_form import draw_pair, file_request
from dashboard.widgets.request_form import draw_confirmation, draw_requests
from dashboard.widgets.signature import draw_act, draw_name
from dashboard.widgets.undo import draw_undo
from sluice.config.product_settings import product_columns
from sluice.domain import RequestKind
from sluice.errors import SluiceError
from sluice.messages import error_message
from sluice.wiring.product_references import product_references

KINDS: tuple[RequestKind, ...] = ("find_products", "label_pair", "undo_label_pair", "import_pairs", "merge_products", "undo_merge_products")


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Products"), tr("Products that are probably listed under several ids. Nothing is merged unless you say so."))
    draw_confirmation()
    names = [name for name in datasets_of(shop) if product_columns(shop.config, name)]
    if not names:
        draw_empty(tr("No dataset holds products"), tr("A catalog has a key of one text column, and a title."))
        return
    left, right = st.columns([2, 1])
    catalogs = sorted(names, key=lambda name: not product_references(shop.config, name))  # those that others refer to first
    dataset = left.selectbox(tr("Dataset"), catalogs, key="products_dataset", bind="query-params")
    by = draw_name(shop, "products_by", right)
    try:
        products = products_of(shop, dataset)
    except SluiceError as error:
        st.error(message_markdown(render_message(error_message(error))))
        return
    draw_search(shop, dataset, by)
    draw_found(shop, dataset, products, by)
    with st.expander(tr("Requests")):
        draw_requests(shop, KINDS, dataset)
    draw_undo(shop, ("merge_products",), dataset=dataset)


def draw_search(shop: Shop, dataset: str, by: str) -> None:
    """Draw the button that has products found, and why the last search failed, where it did."""
    newest = newest_search(shop, dataset)
    if newest is not None and newest.state == "refused":
        st.error(message_markdown(render_message(newest.answer)))
    waits = newest is not None and newest.state in ("pending", "taken")
    text = tr("Search in progress") if waits else tr("Search for products listed twice")
    clicked = draw_act(text, shop, "find_products", dataset, key="products_search", icon=":material/search:", disabled=waits, width="content")
    if clicked and file_request(shop, "find_products", dataset, by or "dashboard") is not None:
        st.rerun()


def draw_found(shop: Shop, dataset: str, products: Products, by: str) -> None:
    """Draw the suggested merges, and the pair to label next."""
    matches = products.matches
    if matches is None:
        draw_empty(tr("Nobody has searched yet"), tr("A worker compares titles, texts, model numbers, prices and GTINs."))
        return
    st.caption(how_text(products))
    st.subheader(tr("Suggested merges"), anchor=False)
    if products.groups:
        draw_groups(shop, dataset, products.groups, matches.references)
    else:
        draw_empty(tr("No product is listed twice"), tr("Sizes and colours are variants, no duplicates."))
    st.subheader(tr("One product or two?"), anchor=False)
    draw_pair(shop, dataset, products, by)
    if conflicts := products.conflicts:
        st.warning(tr("Some labels contradict each other. Until one is corrected in the file, they teach nothing."))
        draw_table([{tr("Id"): one, tr("Other id"): other} for one, other in conflicts])
    draw_pair_file(shop, dataset, products.lines, by)


def how_text(products: Products) -> str:
    """Return by what it was decided which products are one."""
    matches = products.matches
    if matches is None:
        return ""
    compared = ntr("{count} product was compared.", "{count} products were compared.", matches.products)
    taught = ntr("{count} labelled pair teaches which are one.", "{count} labelled pairs teach which are one.", matches.labels)
    agreed = tr("Without labels a pair counts where title and all text agree on it (kappa {kappa:.2f}); labels teach more.", kappa=matches.agreement)
    return f"{compared} {taught if matches.learned else agreed}"


draw_page()
