"""List the operations: the one table from which the routes and the OpenAPI document are made."""

from __future__ import annotations

from typing import Any

from sluice.api.operation import Operation
from sluice.api.operations import datasets, decisions, figures, incidents, landing, models, quarantine, recommender, requests, runs, similar

OPERATIONS: tuple[Operation[Any], ...] = (
    *datasets.OPERATIONS,
    *quarantine.OPERATIONS,
    *runs.OPERATIONS,
    *incidents.OPERATIONS,
    *models.OPERATIONS,
    *requests.OPERATIONS,
    *decisions.OPERATIONS,
    *landing.OPERATIONS,
    *recommender.OPERATIONS,
    *similar.OPERATIONS,
    *figures.OPERATIONS,
)
