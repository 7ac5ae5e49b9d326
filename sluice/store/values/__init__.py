"""Find and erase a value in every place that stores one."""

from sluice.store.values.query import ValueQuery
from sluice.store.values.vault import Occurrence, ValueStore

__all__ = ["Occurrence", "ValueQuery", "ValueStore"]
