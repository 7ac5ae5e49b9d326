"""Recognise the exports of well-known systems. A new one is a file here and a line in PLATFORMS."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import polars as pl

from sluice.sources.platforms.platform import ColumnFacts, Platform, fits, fitting

PLATFORMS = (
    "shopify_products",
    "shopify_orders",
)
"""Modules of this package, each with a `PLATFORM`; of several that fit the first counts."""

__all__ = ["PLATFORMS", "ColumnFacts", "Platform", "fits", "fitting", "platforms", "recognise"]


def platforms() -> Iterator[Platform]:
    """Yield every platform."""
    for name in PLATFORMS:
        platform = importlib.import_module(f"{__name__}.{name}").PLATFORM
        assert isinstance(platform, Platform)  # noqa: S101  # as every module of the table has it
        yield platform


def recognise(frame: pl.DataFrame) -> Platform | None:
    """Return the platform whose export the rows look like; None where they look like none.

    Args:
        frame: Rows of a file as text, under the names of its header.

    Example:
        >>> rows = pl.DataFrame({"Handle": ["lamp"], "Title": ["Lamp"], "Option1 Name": ["Title"], "Variant Price": ["9.50"]})
        >>> recognise(rows).title
        'a Shopify product export'
    """
    return next((platform for platform in platforms() if _is_export(platform, frame)), None)


def _is_export(platform: Platform, frame: pl.DataFrame) -> bool:
    has_header = any(all(fitting([pattern], frame.columns) for pattern in header) for header in platform.headers)
    return has_header and (platform.matches is None or platform.matches(frame))
