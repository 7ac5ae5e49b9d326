"""Give operations the serving recommender, loaded once, and say where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sluice.api.errors import ApiError
from sluice.api.shop import Shop

if TYPE_CHECKING:
    from sluice.serving.service import RecommenderService


def require_model(shop: Shop) -> tuple[RecommenderService, int]:
    """Return the recommender and the version that serves.

    Raises:
        ApiError: None is configured, or none serves yet.
        SluiceError: The model is damaged, or the store does not answer.
    """
    service = _service(shop)
    state = service.state()
    if state.champion is None or state.version is None:
        raise ApiError(503, "no_model", "no recommender serves yet; `sluice retrain` trains one once the gates are open", headers={"retry-after": "60"})
    return service, state.version


def require_catalog(shop: Shop) -> RecommenderService:
    """Return the recommender where there is a catalog to search, with a serving model or without.

    Raises:
        ApiError: None is configured, or nothing is published to search.
    """
    service = _service(shop)
    if service.state().catalog_search.items.is_empty():
        raise ApiError(503, "no_catalog", "nothing is published to search yet", headers={"retry-after": "60"})
    return service


def _service(shop: Shop) -> RecommenderService:
    service = shop.recommender()
    if service is None:
        raise ApiError(404, "no_recommender", "no recommender is configured; write `recommender` into sluice.yaml")
    return service
