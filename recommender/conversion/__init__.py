"""The heads: what showing an item to a user would come to, a click or a purchase, learned on all impressions."""

from recommender.conversion.model import Contributions, Heads, Rates
from recommender.conversion.trainer import Fitted, fit_heads

__all__ = ["Contributions", "Fitted", "Heads", "Rates", "fit_heads"]
