"""Give operations the serving recommender, loaded once, and say where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sluice.api.errors import ApiError
from sluice.api.operation import Call

if TYPE_CHECKING:
    from sluice.serving.service import RecommenderService


def require_model(call: Call) -> tuple[RecommenderService, int]:
    """Return the recommender and the version that serves.

    Raises:
        ApiError: The token has no role on what the recommender learns from, none is configured, or none serves yet.
        SluiceError: The model is damaged, or the store does not answer.
    """
    service = _service(call)
    state = service.state()
    if state.champion is None or state.version is None:
        raise ApiError(503, "no_model", "no recommender serves yet; `sluice retrain` trains one once the gates are open", headers={"retry-after": "60"})
    return service, state.version


def require_catalog(call: Call) -> RecommenderService:
    """Return the recommender where there is a catalog to search, with a serving model or without.

    Raises:
        ApiError: The token has no role on what the recommender learns from, none is configured, or nothing is published to search.
    """
    service = _service(call)
    if service.state().catalog_search.items.is_empty():
        raise ApiError(503, "no_catalog", "nothing is published to search yet", headers={"retry-after": "60"})
    return service


def _service(call: Call) -> RecommenderService:
    settings = call.app.config.recommender
    if settings is not None:
        call.require_role("viewer", settings.events, settings.items)
    service = call.shop.recommender()
    if service is None:
        raise ApiError(404, "no_recommender", "no recommender is configured; write `recommender` into sluice.yaml")
    return service
