"""Hold what is compared of the products of a catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaning.same_product.codes import codes_in, is_gtin, plain_code

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]
Masks: TypeAlias = npt.NDArray[np.bool_]

_STEP = re.compile(r"[>|/\\»]")  # between the steps of a path of categories
_REPEATING = 0.5  # different values of a column, as a share of its filled cells, up to which they repeat
_ALIKE = 60  # of 100: how alike two categories must be
_GTIN_SHARE = 0.8  # of the filled cells of a column of GTINs


@dataclass(frozen=True, eq=False)
class Records:
    """Hold the products of a catalog, in the order of its rows.

    Attributes:
        ids: Id of each product.
        titles: Title of each, in lower case.
        fields: Further texts by column, in lower case; empty where there is none.
        amounts: Numbers by column, such as the price; NaN where there is none.
        sources: Source of each product, such as a supplier, whose own products are not compared with each other; None where all are compared.
    """

    ids: Sequence[str]
    titles: Sequence[str]
    fields: Mapping[str, Sequence[str]]
    amounts: Mapping[str, Floats]
    sources: Sequence[str] | None = None

    @cached_property
    def texts(self) -> Sequence[str]:
        """Return all text of each product."""
        return [" ".join(filter(None, parts)) for parts in zip(self.titles, *self.fields.values(), strict=True)]

    @cached_property
    def gtins(self) -> Sequence[str]:
        """Return the GTIN of each product, without the zeros before it; empty where none is listed."""
        columns = [column for column in self.fields.values() if _holds_gtins(column)]
        return [next((plain_code(cell).lstrip("0") for cell in cells if is_gtin(cell)), "") for cells in zip(*columns, strict=True)] or [""] * len(self.ids)

    @cached_property
    def categories(self) -> Sequence[Sequence[str]]:
        """Return the columns whose values repeat, such as brand and category."""
        filled = {name: [cell for cell in cells if cell] for name, cells in self.fields.items()}
        return [self.fields[name] for name, cells in filled.items() if cells and len(set(cells)) <= _REPEATING * len(cells)]

    @cached_property
    def joined(self) -> Sequence[str]:
        """Return the letters and digits of all text of each product."""
        return [plain_code(text) for text in self.texts]

    @cached_property
    def title_codes(self) -> Sequence[frozenset[str]]:
        """Return the model numbers in the title of each product."""
        return [codes_in(title) for title in self.titles]

    @cached_property
    def codes(self) -> Sequence[frozenset[str]]:
        """Return the model numbers in all text of each product."""
        return [codes_in(text) for text in self.texts]


def records_of(
    rows: pl.DataFrame, key: str, title: str, texts: Sequence[str] = (), amounts: Sequence[str] = (), source: str | None = None, limit: int = 2000
) -> Records:
    """Return the products of a table.

    Args:
        rows: The table.
        key: Column of the ids; rows without one are left out.
        title: Column of the titles.
        texts: Further columns of text, categories and codes.
        amounts: Columns of numbers.
        source: Column of the source.
        limit: Characters of a text that are compared.

    Example:
        >>> table = pl.DataFrame({"id": ["a", "b"], "title": ["Oak Table", None], "price": [10.0, None]})
        >>> records_of(table, "id", "title", amounts=["price"]).titles
        ['oak table', '']
    """
    present = rows.filter(pl.col(key).is_not_null())
    lower = {name: present[name].cast(pl.String).fill_null("").str.head(limit).str.to_lowercase().to_list() for name in (title, *texts)}
    numbers = {name: present[name].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy() for name in amounts}
    sources = None if source is None else present[source].cast(pl.String).fill_null("").to_list()
    return Records(present[key].cast(pl.String).to_list(), lower.pop(title), lower, numbers, sources)


def codes_contradict(records: Records, one: int, other: int) -> bool:
    """Return True where the titles of two products have model numbers, and no text of one has any of the other.

    Example:
        >>> table = pl.DataFrame({"id": ["a", "b", "c"], "title": ["tv kdl-40", "tv kdl40 black", "tv kdl-52"]})
        >>> records = records_of(table, "id", "title")
        >>> codes_contradict(records, 0, 1), codes_contradict(records, 0, 2)
        (False, True)
    """
    first, second = records.title_codes[one], records.title_codes[other]
    shared = any(code in records.joined[other] for code in first) or any(code in records.joined[one] for code in second)
    return bool(first and second) and not shared


def categories_contradict(records: Records, one: int, other: int) -> bool:
    """Return True where two products have another brand, category or the like, neither of which holds most words of the other.

    Example:
        >>> table = pl.DataFrame({"id": ["a", "b", "c", "d"], "title": ["mug"] * 4, "brand": ["Tarn", "tarn gmbh", "Lumen", "Tarn"]})
        >>> table = pl.concat([table, table, table.with_columns(brand=pl.lit(None, dtype=pl.String))])
        >>> records = records_of(table, "id", "title", ["brand"])
        >>> [categories_contradict(records, 0, other) for other in (1, 2, 8)]
        [False, True, False]
    """
    from rapidfuzz import fuzz  # with the first two values that are compared

    pairs = [(_last_step(cells[one]), _last_step(cells[other])) for cells in records.categories]
    return any(first and second and fuzz.token_set_ratio(first, second) < _ALIKE for first, second in pairs)


def _last_step(category: str) -> str:
    """Return the last step of a path of categories, such as Men > Shirts, whose first steps most products share."""
    return _STEP.split(category)[-1].strip()


def _holds_gtins(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(map(is_gtin, filled)) >= _GTIN_SHARE * len(filled)
