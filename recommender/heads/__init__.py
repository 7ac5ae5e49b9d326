"""The heads: what showing an item to a user would come to, a click or a purchase, learned on all impressions."""

from recommender.heads.fitting import Fitted, fit_heads
from recommender.heads.heads import Contributions, Heads, Rates

__all__ = ["Contributions", "Fitted", "Heads", "Rates", "fit_heads"]
