"""Recognise rows that describe things, such as products, by their columns; and times that lie after the file that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from sluice.domain import Column
from sluice.rules.naming.column_names import words
from sluice.rules.naming.event_words import names_person
from sluice.rules.naming.vocabulary import split_words
from sluice.sources.cast import to_type

MIN_DISTINCT = 0.8  # share of the names, or numbers of items, that occur once: events name the same items again
MAX_LATER = 0.05  # share of the times after the day of their file; single ones may be typing errors
SAMPLE = 2_000  # rows, evenly spread, whose times are compared with the day of their file
_SLACK = timedelta(days=1)  # between the time zones of a shop and of its files' names
_TITLES = split_words("name title sku titel bezeichnung artikelname produktname nom designation nombre titulo nome denominazione mpn gtin ean")
_DESCRIPTIONS = split_words("description beschreibung descripcion descrizione descricao image images picture bild bilder imagen immagine")
PRICES = split_words("price preis prix precio prezzo preco msrp rrp uvp")
_GROUPS = split_words("group groups gruppe groupe grupo")  # a price for a group of customers is the product's
_HAN_TITLES, _HAN_DESCRIPTIONS, _HAN_PRICES = ("名称", "标题", "货号"), ("描述", "简介", "图片", "详情"), ("价",)


def describes_things(rows: pl.DataFrame) -> bool:
    """Return True where rows name, describe and price things that hardly come again, and name no customer.

    Example:
        >>> describes_things(pl.DataFrame({"title": ["Lamp", "Mug"], "description": ["A lamp.", "A mug."], "price": [9.5, 4.0]}))
        True
    """
    if any(names_person(cells.name) and not _GROUPS & set(words(cells.name)) and cells.null_count() < cells.len() for cells in rows):
        return False
    described, priced = (_having(rows, *listed) for listed in ((_DESCRIPTIONS, _HAN_DESCRIPTIONS), (PRICES, _HAN_PRICES)))
    return bool(described and priced) and any(_hardly_repeats(rows[name]) for name in _having(rows, _TITLES, _HAN_TITLES))


def _having(rows: pl.DataFrame, listed: frozenset[str], parts: Sequence[str]) -> list[str]:
    return [name for name in rows.columns if set(words(name)) & listed or any(part in name for part in parts)]


def _hardly_repeats(cells: pl.Series) -> bool:
    values = cells.drop_nulls()
    return values.len() > 1 and values.n_unique() >= MIN_DISTINCT * values.len()


def without_future(rows: pl.DataFrame, columns: Sequence[Column], days: pl.Series | None) -> list[Column]:
    """Return the columns but for times of which a part lies after the day in the name of their file: plans and limits, no events.

    Args:
        rows: Rows of all files.
        columns: Columns of the dataset.
        days: Day of its file for each row; None where no name has one.
    """
    return [column for column in columns if days is None or column.type not in {"date", "timestamp"} or not _is_later(rows[column.name], column, days)]


def _is_later(cells: pl.Series, column: Column, days: pl.Series) -> bool:
    step = max(1, cells.len() // SAMPLE)
    times = to_type(cells.gather_every(step), column)
    later = (times.cast(pl.Date) > days.gather_every(step) + _SLACK).drop_nulls()
    return later.len() > 0 and float(later.sum()) > MAX_LATER * later.len()
