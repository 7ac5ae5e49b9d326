"""Implement expect_column_values_to_not_contain_words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Result, RowResult, boolean_series
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Snapshot
from sluice.rules.word_lists import LISTS, choose_words, contains_words


@dataclass(frozen=True)
class NotContainWords:
    """Find texts with words that a shop must not use: superlatives that Chinese advertising law forbids, health claims, or its own list.

    Case does not count. Words of scripts that write blanks between words match as whole words, Chinese, Japanese and Korean ones anywhere. The lists are a
    start and no legal advice: add to them with `words`, and take out what fits the shop with `without`.

    Attributes:
        schema: Schema of the dataset.
        column: Column of type string.
        lists: Lists that come with Sluice: `advertising_zh`, `health_claims_zh`, `health_claims_en`.
        words: Further words.
        without: Words of the lists that may be used.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("title"),))
        >>> batch = make_batch(schema, {"title": ["国家级茶叶", "绿茶", None]})
        >>> NotContainWords(schema, "title", lists=("advertising_zh",)).evaluate(batch, MemorySnapshot()).failing.to_list()
        [True, False, False]
    """

    dimension: ClassVar[Dimension] = "validity"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    column: str
    lists: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Reject a column of no text, lists that do not exist, an empty list, and a blank word, which every text contains."""
        columns = {column.name: column for column in self.schema.columns}
        if self.column not in columns:
            raise make_error(InvalidValue, "form_column_undeclared", column=self.column, columns=tuple(columns))
        if columns[self.column].type != "string":
            raise make_error(InvalidValue, "form_column_no_text", column=self.column)
        if unknown := [name for name in self.lists if name not in LISTS]:
            raise make_error(InvalidValue, "word_list_unknown", names=tuple(unknown), lists=LISTS)
        if not all(word.strip() for word in self.words):
            raise make_error(InvalidValue, "word_blank")
        if not choose_words(self.lists, self.words, self.without):
            raise make_error(InvalidValue, "word_list_empty")

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column with the texts."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("listed_word", column=self.column)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Search each text; nulls are not evaluated."""
        _ = snapshot
        failing = contains_words(self.column, choose_words(self.lists, self.words, self.without))
        return RowResult(boolean_series(batch.rows, failing), boolean_series(batch.rows, pl.col(self.column).is_not_null()))
