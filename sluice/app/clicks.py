"""Describe how often shoppers clicked on what each version of the recommender showed."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.app.app import App
from sluice.domain.exposures import ClickRate
from sluice.wiring.exposures import rates
from sluice.wiring.recommender import RECOMMENDER


def clicks_of(app: App, model: str) -> Mapping[int, ClickRate] | None:
    """Return the click-through rates of a model by version; None where nothing is logged of it.

    Args:
        app: The application.
        model: Full name of a registered model.

    Raises:
        SluiceError: The store does not answer, or the key of pseudonyms is not there.
    """
    if model != RECOMMENDER or app.config.recommender is None or app.config.recommender.exposures is None:
        return None
    return {rate.model: rate for rate in rates(app.config, app.store, app.now())}


def click_facts(rate: ClickRate | None) -> dict[str, object]:
    """Describe a click-through rate, with its 95 % interval; a version that was not shown, or whose clicks are not here yet, has none."""
    if rate is None:
        return {"exposures": 0, "clicks": 0, "click_rate": None, "click_low": None, "click_high": None}
    shares = {"click_rate": rate.rate, "click_low": rate.low, "click_high": rate.high}
    return {"exposures": rate.exposures, "clicks": rate.clicks, **{name: round(share, 5) for name, share in shares.items()}}
