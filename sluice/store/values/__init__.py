"""Find and erase values, the rows of a key, or a person, in every place that stores them."""

from sluice.store.values.key_rows import KeyQuery, KeyRows
from sluice.store.values.person import ErasurePlan, PersonQuery
from sluice.store.values.query import ValueQuery
from sluice.store.values.vault import Occurrence, ValueStore

__all__ = ["ErasurePlan", "KeyQuery", "KeyRows", "Occurrence", "PersonQuery", "ValueQuery", "ValueStore"]
