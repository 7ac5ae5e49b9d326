"""Translate stored words of earlier versions: rule ids, cleaners, states and kinds of models."""

from __future__ import annotations

import re
from collections.abc import Mapping

_EXPECTATIONS: Mapping[str, str] = {
    "adjacent_repeats_to_be_between": "proportion_of_consecutive_repeats_to_be_between",
    "novel_pairs_to_be_between": "proportion_of_novel_transitions_to_be_between",
    "overlong_users_to_be_between": "proportion_of_heavy_user_events_to_be_between",
    "column_anomaly_to_be_within_budget": "column_anomaly_rate_to_be_within_fpr",
    "row_anomaly_to_be_within_budget": "row_anomaly_rate_to_be_within_fpr",
    "column_values_to_stay_near_past": "column_values_to_be_close_to_history",
    "row_count_to_match_weekday": "table_row_count_to_match_weekday",
    "stars_to_fit_text": "rating_to_match_sentiment",
    "steps_to_stay_familiar": "transition_overlap_to_match_history",
}
_TRAFFIC_PATTERNS: Mapping[str, str] = {
    "crawl": "crawler",
    "farm": "click_farm",
    "timing": "regular_timing",
    "clock": "clock_skew",
    "sequence": "rare_transition",
    "path": "rare_path",
    "session": "shared_session",
    "price": "price_mismatch",
    "mix": "hourly_volume",
}
STORED_NAMES: Mapping[str, str] = {
    # cleaners, in repairs and as rules
    "normalise": "normalize_text",
    "clock": "clock_skew",
    "scale": "unit_scale",
    "dependency": "functional_dependency",
    "misplaced": "swapped_columns",
    "matching": "record_linkage",
    **{f"expect_{old}": f"expect_{new}" for old, new in _EXPECTATIONS.items()},
    # detectors, as rules and as kinds on cards
    "screen": "reconstruction",
    "stand_in": "fallback",
    **{f"traffic:{old}": f"traffic:{new}" for old, new in _TRAFFIC_PATTERNS.items()},
    # rules and states of the store
    "arrival can be read": "arrival_readable",
    "set_aside": "failed",
}
"""New names by the names that earlier versions stored; a rule id is its name, or its name followed by `:` or `#` and what it is about."""

MODEL_KINDS: Mapping[str, str] = {
    "towers": "two_tower",
    "text": "content_knn",
    "propagation": "content_propagation",
    "rarity": "inverse_popularity",
    "plain": "logistic_mf",
    "latent": "pure_svd",
}
"""New kinds of recommender models by the old ones, which are words of other meanings elsewhere."""

_NAME = re.compile(r"[^:#]+")
_ORIGINAL_NAMES: Mapping[str, str] = {new: old for old, new in STORED_NAMES.items()}


def canonical(name: str) -> str:
    """Return the present name of a stored word; a present name stays as it is.

    Args:
        name: A rule id, cleaner or state.

    Example:
        >>> canonical("matching"), canonical("matching#2"), canonical("deduplicate:key")
        ('record_linkage', 'record_linkage#2', 'deduplicate:key')
    """
    return _translate(name, STORED_NAMES)


def canonical_kind(kind: str) -> str:
    """Return the present kind of a model.

    Example:
        >>> canonical_kind("towers"), canonical_kind("als")
        ('two_tower', 'als')
    """
    return MODEL_KINDS.get(kind, kind)


def original_kind(kind: str) -> str:
    """Return the kind under which a model was first stored."""
    return next((old for old, new in MODEL_KINDS.items() if new == kind), kind)


def original(name: str) -> str:
    """Return the name under which a word was first stored; fingerprints are computed over it, so that a rename changes none.

    Example:
        >>> original("record_linkage"), original("deduplicate:key")
        ('matching', 'deduplicate:key')
    """
    return _translate(name, _ORIGINAL_NAMES)


def _translate(name: str, names: Mapping[str, str]) -> str:
    if name in names:
        return names[name]
    match = _NAME.match(name)
    return names.get(match[0], match[0]) + name[match.end() :] if match else name
