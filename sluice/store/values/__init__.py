"""Find and erase values, or the rows of a key, in every place that stores them."""

from sluice.store.values.key_rows import KeyQuery, KeyRows
from sluice.store.values.query import ValueQuery
from sluice.store.values.vault import Occurrence, ValueStore

__all__ = ["KeyQuery", "KeyRows", "Occurrence", "ValueQuery", "ValueStore"]
