"""Find and replace a value in texts, rows and JSON: as a word of its own, so that `Ann` is not found in `Annual`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

import polars as pl

from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.pseudonyms import MIN_LENGTH, KeyRing

_WORD = r"[^\W\u2e80-\U0010ffff]"  # Chinese, Japanese and Korean are written without blanks between words
_BEGIN = rf"(?:(?<!{_WORD})|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{{4}}))"  # the last letter of an escape in JSON begins no word


class RowQuery(Protocol):
    """Find and replace values in rows."""

    def rows(self, rows: pl.DataFrame) -> pl.Series:
        """Return for each row whether a cell holds a value."""

    def replace_in_rows(self, rows: pl.DataFrame, substitute: str) -> pl.DataFrame:
        """Return rows with the values replaced."""


class ValueQuery:
    """Hold values that are searched; neither its repr nor an error shows them.

    Attributes:
        texts: The values, as text, and the names that they have in the log of exposures.
        keys: Keys under which that log may name users.
    """

    def __init__(self, *texts: str, keys: KeyRing | None = None) -> None:
        """Keep a value, or several; where there are several, a number after the substitute tells them apart.

        Args:
            texts: The values.
            keys: Keys under which the log of exposures may name users; None: such names are not searched.

        Raises:
            UsageError: One has fewer than 3 characters.
        """
        values = tuple(text.strip() for text in texts)
        if any(len(text) < MIN_LENGTH for text in values):
            raise make_error(UsageError, "value_too_short", length=MIN_LENGTH)
        self.keys, self._values = keys, values
        self.texts = (*values, *self.names_of(values))

    def names_of(self, values: Iterable[str]) -> list[str]:
        """Return the names that values have in the log of exposures, where users are stored as pseudonyms."""
        return [name for value in values for name in self.keys.users(value)] if self.keys else []

    def in_dataset(self, dataset: str) -> RowQuery:
        """Return what searches the rows of a dataset."""
        del dataset
        return self

    def suffix(self, text: str) -> str:
        """Return what follows the substitute of a value."""
        return f"-{self.texts.index(text) + 1}" if len(self._values) > 1 else ""

    @cached_property
    def forms(self) -> Mapping[str, str]:
        """Return the values as they stand in text, and in JSON, where quotes and letters may be escaped, with the suffix of each."""
        return {form: self.suffix(text) for text in reversed(self.texts) for form in _forms(text)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = "|".join(map(re.escape, sorted(self.forms, key=len, reverse=True))) or "(?!)"
        return re.compile(rf"{_BEGIN}({forms})(?!{_WORD})")

    def count(self, text: str) -> int:
        """Count the value in a text.

        Example:
            >>> ValueQuery("Ann").count("Ann is no Annual")
            1
        """
        return len(self._pattern.findall(text))

    def replace(self, value: object, substitute: str) -> object:
        """Return text, or a value of JSON with the texts in it, with the value replaced.

        Example:
            >>> ValueQuery("Ann").replace({"note": ["for Ann"]}, "***")
            {'note': ['for ***']}
        """
        if isinstance(value, str):
            return self._pattern.sub(lambda match: substitute + self.forms[match[1]], value)
        if isinstance(value, Mapping):
            return {name: self.replace(cell, substitute) for name, cell in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            return [self.replace(cell, substitute) for cell in value]
        return value

    def rows(self, rows: pl.DataFrame) -> pl.Series:
        """Return for each row whether a cell holds the value: as text, number or time, or within a list or struct."""
        hits = pl.Series([False] * rows.height, dtype=pl.Boolean)
        for column in rows.iter_columns():
            hits = hits | self._cells(column)
        return hits

    def replace_in_rows(self, rows: pl.DataFrame, substitute: str) -> pl.DataFrame:
        """Return rows with the value replaced in texts, and with null in place of numbers and times that equal it."""
        return rows.with_columns(self._replaced(column, substitute) for column in rows.iter_columns())

    def _cells(self, column: pl.Series) -> pl.Series:
        texts = _texts(column)
        if not self.forms:  # of a person whose identifiers are too short to be searched in texts
            return pl.Series([False] * len(texts), dtype=pl.Boolean)
        likely = texts.str.contains_any(list(self.forms)).fill_null(value=False)
        return pl.Series([maybe and self.count(text) > 0 for maybe, text in zip(likely, texts, strict=True)], dtype=pl.Boolean)

    def _replaced(self, column: pl.Series, substitute: str) -> pl.Series:
        hits = self._cells(column)
        if not hits.any():
            return column
        textual = column.dtype == pl.String or column.dtype.is_nested()
        cells = [(self.replace(cell, substitute) if textual else None) if hit else cell for hit, cell in zip(hits, column.to_list(), strict=True)]
        return pl.Series(column.name, cells, column.dtype)


def _forms(text: str) -> Iterator[str]:
    written = [json.dumps(text, ensure_ascii=escaped)[1:-1] for escaped in (False, True)]
    yield from (text, *written, *(json.dumps(form)[1:-1] for form in written))


def _texts(column: pl.Series) -> pl.Series:
    if column.dtype.is_nested():
        return pl.Series([None if cell is None else "\n".join(_leaves(cell)) for cell in column.to_list()], dtype=pl.String)
    return column.cast(pl.String, strict=False)


def _leaves(value: object) -> Iterator[str]:
    """Yield the texts within a list or struct."""
    if isinstance(value, Mapping):
        for cell in value.values():
            yield from _leaves(cell)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for cell in value:
            yield from _leaves(cell)
    elif value is not None:
        yield str(value)
