"""Apply the rules of answers to the items of a model: pure functions of catalog, history and clock."""

from __future__ import annotations

from collections.abc import Sequence as List
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
import polars as pl

from recommender.data.filters import passes_texts
from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.serving.answer import AnswerItem
from sluice.config.answers import AnswerKind, Answers, Note, Pinned


def barred_rows(items: pl.DataFrame, rules: Answers) -> Bools:
    """Return which rows of a catalog are in no answer, shape (rows,).

    Raises:
        UsageError: A condition does not fit the catalog.

    Example:
        >>> items = pl.DataFrame({"item": ["a", "b", "c"], "stock": [0, 4, None]})
        >>> barred_rows(items, Answers(never=("stock<=0",))).tolist()
        [True, False, False]
    """
    barred = np.zeros(items.height, np.bool_)
    for conditions in rules.never if items.height else ():
        barred |= passes_texts(items, conditions)
    return barred


@dataclass(frozen=True, slots=True, eq=False)
class AnswerRules:
    """Hold the rules of answers, on the items of a model.

    Attributes:
        pinned: Items that have a position.
        waits: Seconds after which an item may come again, shape (items,); infinite where it may not. None: no item may.
        notes: What shoppers read first about the items of a mask, shape (items,).
    """

    pinned: List[Pinned] = ()
    waits: Floats | None = None
    notes: List[tuple[Bools, Note]] = ()

    @classmethod
    def build(cls, rules: Answers, items: pl.DataFrame, rows: Ints, count: int) -> Self:
        """Evaluate the rules on a catalog.

        Args:
            rules: As configured.
            items: The catalog.
            rows: Number of the item of each row; -1 where the model has none.
            count: Number of the model's items.

        Raises:
            UsageError: A condition does not fit the catalog.
        """
        if not items.height:
            return cls(rules.always)
        notes = [(_mask(rows[passes_texts(items, entry.where) & (rows >= 0)], count), entry.note) for entry in rules.notes]
        if not rules.again:
            return cls(rules.always, notes=notes)
        waits = np.full(count, np.inf, np.float32)
        for entry in rules.again:
            numbers = rows[passes_texts(items, entry.where) & (rows >= 0)]
            waits[numbers] = np.minimum(waits[numbers], entry.after.total_seconds())
        return cls(rules.always, waits, notes)

    def note_of(self, item: str, number: int, at: datetime, pinned_in: AnswerKind | None) -> Note | None:
        """Return what a shopper reads first about an item; None where the shop has written nothing.

        Args:
            item: Its id.
            number: Its number.
            at: The current time.
            pinned_in: The kind of answer in which the shop has given it its position; None where it has not.
        """
        pinned = () if pinned_in is None else (entry.note for entry in self.pinned_at(at, pinned_in) if entry.item == item and entry.note)
        return next(iter(pinned), None) or next((note for mask, note in self.notes if mask[number]), None)

    def left_out(self, histories: Sequences, at: datetime) -> Sequences:
        """Return the interactions whose items the users are not to get: all but those that may come again by now.

        Args:
            histories: Of the users, repeated events included.
            at: The current time.
        """
        if self.waits is None or not len(histories.items):
            return histories
        pairs = histories.users * len(self.waits) + histories.items
        _, pair = np.unique(pairs, return_inverse=True)
        newest = np.full(pair.max() + 1, np.iinfo(np.int64).min)
        np.maximum.at(newest, pair, histories.times)
        return histories.filter(at.timestamp() - newest[pair] < self.waits[histories.items])

    def pinned_at(self, at: datetime, kind: AnswerKind = "recommend") -> list[Pinned]:
        """Return the items that are pinned in a kind of answers at a time, by position."""
        return sorted((entry for entry in self.pinned if entry.holds(at, kind)), key=lambda entry: entry.position)


def _mask(numbers: Ints, count: int) -> Bools:
    mask = np.zeros(count, np.bool_)
    mask[numbers] = True
    return mask


def note_first(note: Note | None, sentence: str, language: str) -> str:
    """Return a reason with the shop's note before its sentence; a note without the language is given as it is in another one.

    Example:
        >>> note_first({"en": "Made in our town.", "zh": "本地制造。"}, "因为您对茶感兴趣。", "zh")
        '本地制造。因为您对茶感兴趣。'
        >>> note_first("Made in our town.", "Many people want this now.", "en")
        'Made in our town. Many people want this now.'
    """
    if note is None:
        return sentence
    text = note if isinstance(note, str) else next((words for name, words in note.items() if name == language), next(iter(note.values())))
    return f"{text}{'' if language == 'zh' else ' '}{sentence}"


def pin(answer: List[AnswerItem], pinned: List[AnswerItem], positions: List[int], k: int) -> list[AnswerItem]:
    """Put items at their positions; those below move down, and the answer keeps its length.

    Args:
        answer: The items, best first.
        pinned: Items with a position, in the order of the positions.
        positions: Of each pinned item, counted from 1; an item behind the end is left out.
        k: Length of the answer, at most.

    Example:
        >>> [entry.item for entry in pin([AnswerItem("a", 2), AnswerItem("b", 1)], [AnswerItem("b", 0)], [1], 2)]
        ['b', 'a']
    """
    names = {entry.item for entry, position in zip(pinned, positions, strict=True) if position <= k}
    merged = [entry for entry in answer if entry.item not in names]
    for entry, position in zip(pinned, positions, strict=True):
        if position <= k:
            merged.insert(position - 1, entry)
    return merged[:k]
