"""Recognise the exports of well-known systems. A new one is a file here and a line in PLATFORMS."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator

import polars as pl

from sluice.sources.cast_text import as_text
from sluice.sources.platforms.platform import ColumnFacts, Platform, fits, fitting

ROWS = 1_000  # rows that are matched
PLATFORMS = (
    "shopify_products",
    "shopify_orders",
    "shopify_customers",
    "woocommerce",
    "magento",
    "meta_catalog",
    "google_merchant",
    "heureka",
    "ga4",
    "segment",
    "taobao",
    "wechat",
    "alipay",
    "jd",
    "pdd",
    "retailrocket",
    "olist",
    "amazon_reviews",
    "amazon_listings",
    "prestashop",
    "bigcommerce",
    "snowplow",
    "adobe",
    "datev",
)
"""Modules of this package, each with the `TABLES` that its system exports; of several that fit the first counts."""

__all__ = ["PLATFORMS", "ColumnFacts", "Platform", "fits", "fitting", "platforms", "recognise"]


def platforms() -> Iterator[Platform]:
    """Yield every kind of file of every platform."""
    for name in PLATFORMS:
        yield from importlib.import_module(f"{__name__}.{name}").TABLES


def recognise(frame: pl.DataFrame, *, header: bool = True, among: Iterable[Platform] | None = None) -> Platform | None:
    """Return the platform whose export the rows look like; None where they look like none.

    Args:
        frame: Rows of a file, of any types, under the names of its header.
        header: Whether the file has a header; otherwise the number of columns and the values decide.
        among: Kinds of files that are considered; all unless given.

    Example:
        >>> rows = pl.DataFrame({"Handle": ["lamp"], "Title": ["Lamp"], "Option1 Name": ["Title"], "Variant Price": ["9.50"]})
        >>> recognise(rows).title
        'a Shopify product export'
    """
    return next((platform for platform in (platforms() if among is None else among) if _is_export(platform, frame, header=header)), None)


def _is_export(platform: Platform, frame: pl.DataFrame, *, header: bool) -> bool:
    if header:
        fits_header = any(all(fitting([pattern], frame.columns) for pattern in names) for names in platform.headers)
    else:
        fits_header = len(platform.names) == frame.width and platform.matches is not None
    return fits_header and (platform.matches is None or _matches(platform.matches, frame))


def _matches(matches: Callable[[pl.DataFrame], bool], frame: pl.DataFrame) -> bool:
    """Return True where the first rows, as text, match; values that a matcher cannot compute with are of no such export."""
    head = frame.head(ROWS)
    try:
        return matches(pl.DataFrame([as_text(head[name]) for name in head.columns]))
    except (pl.exceptions.ComputeError, pl.exceptions.InvalidOperationError, ValueError):  # these depend on the values; other errors are faults of the matcher
        return False
