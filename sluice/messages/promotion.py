"""Results of the checks that a challenger must pass."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

_NDCG = "NDCG@20 {challenger:.4f}, champion {champion:.4f}"
_INTERVAL = "({change:+.1%}, 95 % interval {low:+.1%} to {high:+.1%}, "
_SEGMENT = "{segment:word}: Recall@20 {challenger:.4f}, champion {champion:.4f}"


def _by_users(start: str, end: str = "") -> Plural:
    """Return a sentence with an interval over users."""
    return Plural("users", f"{start} {_INTERVAL}1 user){end}", f"{start} {_INTERVAL}{{users:,}} users){end}")


TEMPLATES: Mapping[str, Template] = {
    "first_model": "the first model: there is no champion yet",
    "ndcg": _NDCG,
    "ndcg_interval": _by_users(_NDCG),
    "ndcg_interval_limited": _by_users(_NDCG, "; the interval may reach down to -{limit:.1%}"),
    "ndcg_too_few_users": _by_users(_NDCG, "; too few users to detect {limit:.1%}, so the difference on them may not be worse than that"),
    "ndcg_best_champion": "NDCG@20 {challenger:.4f}, best champion on this hold-out {best:.4f}; at most {limit:.1%} may be lost in total",
    "segment_recall": _by_users(_SEGMENT, "; at most {limit:.1%} may be lost"),
    "segment_too_few_users": _by_users(_SEGMENT, "; too few users to detect {limit:.1%}"),
    "segment_champion_zero": f"{_SEGMENT}; the champion has no hit here",
    "coverage": "coverage@20 {challenger:.4f}, champion {champion:.4f}; at most {limit:.1%} may be lost",
    "latency": "99 of 100 answers took at most {value:.1f} ms; the limit is {limit:g} ms",
    "model_size": "the model has {size:,} bytes; the limit is {limit:,}",
    "answers_unchanged": "answers are the same after saving and loading",
    "answers_changed": "answers differ after saving and loading",
    "canary_begins": "some users get it from now on; what they click on decides whether it becomes champion",
    "canary_replaced": "a newer version took its place among the users who got it",
    "canary_in_shadow": "its lists are computed for some users and not shown until {until}",
    "canary_too_few_users": "{users:,} users got it and {champion:,} the champion; {least:,} of each are needed to decide",
    "canary_over_limit": "click-through rate {candidate:.2%}, champion {champion:.2%} ({change:+.1%}, {users:,} users): it lost more than {limit:.0%}",
    "canary_interval": "click-through rate {candidate:.2%}, champion {champion:.2%} ({change:+.1%}, interval {low:+.1%} to {high:+.1%}, {users:,} users); "
    "it may reach down to -{limit:.1%}",
    "comparison_failed": "the comparison failed: {error}",
    "evaluation_interrupted": "the evaluation was interrupted",
}
