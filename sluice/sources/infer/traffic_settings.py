"""Suggest the detector `traffic` for the events of users, in a form that reports and holds nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sluice.config.inferred import InferredDataset
from sluice.rules.naming.column_names import words
from sluice.sources.infer.recommender_settings import Suggestion

PATTERNS = ("crawler", "click_farm", "replay", "burst")
"""Patterns that people hardly ever show; the others tell of habits, which a shop has to look at first."""


def suggest_traffic(dataset: InferredDataset, recommender: Sequence[Suggestion]) -> Mapping[str, object] | None:
    """Return the settings of `traffic` for a dataset; None where it does not hold the events of users.

    Rows are flagged, and the verdicts are of severity `info`: they neither hold a row nor close a gate until a person changes that. A personal
    column is never read.

    Args:
        dataset: The dataset.
        recommender: What was suggested for the recommender, which names the dataset of events and its columns.
    """
    named = {name: value for name, value, _ in recommender}
    open_columns = {column.name for column, _ in dataset.columns if not column.personal}
    roles = {role: str(named[role]) for role in ("user", "item", "kind") if named.get(role) in open_columns}
    if named.get("events") != dataset.dataset or dataset.mode != "append" or dataset.time is None or not {"user", "item"} <= roles.keys():
        return None
    sessions = [column.name for column, _ in dataset.columns if column.name in open_columns and "session" in words(column.name)]
    session = {"session": sessions[0]} if len(sessions) == 1 and sessions[0] != roles["user"] else {}
    return {**roles, **session, "patterns": list(PATTERNS), "severity": "info", "on_fail": "flag"}
