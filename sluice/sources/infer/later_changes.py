"""Recognise rows that are exported again with other cells: orders and the like, whose state goes on after they were made."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import Column
from sluice.rules.naming.column_names import words
from sluice.rules.naming.event_words import is_other_time
from sluice.rules.naming.vocabulary import split_words

_STATES = split_words(
    "status state fulfillment fulfilment fulfilled refunded refund cancelled canceled cancellation shipped tracking delivered feedback completed settled"
    " estado situacao situazione stato statut etat zustand versandstatus zahlungsstatus bestellstatus auftragsstatus lieferstatus sendungsnummer"
)
_OF_PLACES = split_words("ship shipping billing delivery buyer customer address tax united home")  # of the state in an address
_HAN_STATES = ("状态", "狀態", "物流", "快递单号", "ステータス", "状態", "상태")


def changes_later(columns: Sequence[Column], rows: pl.DataFrame) -> bool:
    """Return True where a column holds the state of a row, or a time of what happens to it later, which some rows do not have yet.

    Example:
        >>> changes_later([Column("order_id"), Column("Fulfillment Status")], pl.DataFrame({"order_id": ["1"], "Fulfillment Status": ["sent"]}))
        True
        >>> changes_later([Column("user"), Column("Ship State")], pl.DataFrame({"user": ["1"], "Ship State": ["TX"]}))
        False
    """
    return any(_is_state(column) or _is_later_time(column, rows) for column in columns)


def _is_state(column: Column) -> bool:
    parts = set(words(column.name))
    of_place = "state" in parts and bool(parts & _OF_PLACES or len(parts) == 1)
    named = parts & (_STATES - {"state"} if of_place else _STATES) or any(part in column.name for part in _HAN_STATES)
    return column.type == "string" and bool(named)


def _is_later_time(column: Column, rows: pl.DataFrame) -> bool:
    return column.type in {"timestamp", "date"} and is_other_time(column.name) and 0 < rows[column.name].null_count() < rows.height
