"""Reasons and protocols of the recommender's training, as its card holds them."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "no_champion_to_continue": "there was no champion to continue from",
    "settings_changed": "the settings have changed",
    "champion_model_removed": "a model of the champion is no longer a candidate",
    "champion_learned_from_closed": "the champion learned from runs whose gate is closed now: {runs}",
    "full_fit_expired": "the last full fit is older than `recommender.refit`",
    "last_interactions": "the last interaction of each user before the hold-out",
    "new_items_since": "the newest item that is new to the user since {since:time}",
    "holdout_protocol": "the newest item that is new to the user since then, ranked among all items without those of their history",
}
