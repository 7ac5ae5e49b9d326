"""Name the page of a rule's history."""

from __future__ import annotations

from collections.abc import Mapping


def history_of(dataset: str, rule: str) -> Mapping[str, str]:
    """Return the parameters of the address at which the history of a rule is drawn."""
    return {"history_dataset": dataset, "history_rule": rule}
