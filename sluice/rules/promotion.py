"""Decide whether a challenger becomes champion."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.domain import Comparison, Message, MetricDifference, Promotion, PromotionCheck, PromotionPolicy
from sluice.domain.message import Param

MIN_LOST_USERS = 6  # fewer users with a lower Recall may be chance (a sign test), whatever a bootstrap of so few says


def promote(comparison: Comparison, policy: PromotionPolicy) -> Promotion:
    """Check whether a challenger may replace the champion: not worse on the trusted hold-out, worse for no segment of users, and fit to serve.

    The 95 % interval of the change of NDCG@20 must not reach further below zero than the tolerance. Where so few users are held out that the
    interval of an equal model would reach that far by chance, the challenger's NDCG@20 itself must not be lower by that much. Small losses do not
    add up: NDCG@20 must also not fall further below the best champion that the same hold-out has evaluated. A segment fails where it certainly
    lost more than its limit, or where it lost that much and has enough users to detect it; a segment that is too small, or in which fewer than
    MIN_LOST_USERS users have a lower Recall, is reported and does not count. The first model need only be fit to serve.

    Args:
        comparison: Both models on the same users.
        policy: Limits of the checks.

    Example:
        >>> from sluice.domain import Comparison, MetricDifference
        >>> equal = MetricDifference(users=1000, champion=0.1, challenger=0.1, change=0.0, low=-0.005, high=0.005)
        >>> promotion = promote(Comparison(equal, None, {}, None, latency=5.0, size=900, same=True), PromotionPolicy())
        >>> promotion.won, promotion.reason.code
        (True, 'ndcg_interval_limited')
    """
    return Promotion((*_ranking(comparison, policy), _latency(comparison, policy), _size(comparison, policy), _same(comparison)))


def _ranking(comparison: Comparison, policy: PromotionPolicy) -> Iterator[PromotionCheck]:
    if comparison.trusted is None:
        yield PromotionCheck("ndcg@20", passed=True, message=Message.of("first_model"))
        return
    yield _ndcg(comparison.trusted, policy.tolerance)
    if comparison.best is not None:
        yield _best_champion(comparison.trusted.challenger, comparison.best, policy.tolerance)
    for segment, difference in sorted(comparison.segments.items()):
        yield _segment(segment, difference, policy.segment_limits.get(segment, policy.max_segment_loss))
    if comparison.coverage is not None:
        yield _coverage(comparison.coverage, policy.max_coverage_loss)


def _ndcg(difference: MetricDifference, tolerance: float) -> PromotionCheck:
    metric: dict[str, Param] = {"challenger": difference.challenger, "champion": difference.champion}
    if difference.change is None or difference.low is None or difference.high is None:
        return PromotionCheck("ndcg@20", difference.challenger >= difference.champion, Message("ndcg", metric))
    interval: dict[str, Param] = {**metric, "change": difference.change, "low": difference.low, "high": difference.high, "users": difference.users}
    limited: dict[str, Param] = {**interval, "limit": tolerance}
    if (difference.high - difference.low) / 2 <= tolerance:
        return PromotionCheck("ndcg@20", difference.low >= -tolerance, Message("ndcg_interval_limited", limited))
    if difference.low >= -tolerance:
        return PromotionCheck("ndcg@20", passed=True, message=Message("ndcg_interval", interval))
    return PromotionCheck("ndcg@20", difference.change >= -tolerance, Message("ndcg_too_few_users", limited))


def _best_champion(challenger: float, best: float, tolerance: float) -> PromotionCheck:
    return PromotionCheck("best", challenger >= best * (1 - tolerance), Message.of("ndcg_best_champion", challenger=challenger, best=best, limit=tolerance))


def _segment(segment: str, difference: MetricDifference, limit: float) -> PromotionCheck:
    metric: dict[str, Param] = {"segment": segment, "challenger": difference.challenger, "champion": difference.champion}
    if difference.change is None or difference.low is None or difference.high is None:
        return PromotionCheck(segment, None, Message("segment_champion_zero", metric))
    limited: dict[str, Param] = {
        **metric,
        "change": difference.change,
        "low": difference.low,
        "high": difference.high,
        "users": difference.users,
        "limit": limit,
    }
    lost_users = difference.users * (difference.champion - difference.challenger)
    by_chance = difference.change < -limit and lost_users < MIN_LOST_USERS - 0.5
    imprecise = difference.high >= -limit and (difference.high - difference.low) / 2 > limit
    if by_chance or imprecise:
        return PromotionCheck(segment, None, Message("segment_too_few_users", limited))
    return PromotionCheck(segment, difference.high >= -limit and difference.change >= -limit, Message("segment_recall", limited))


def _coverage(difference: MetricDifference, limit: float) -> PromotionCheck:
    message = Message.of("coverage", challenger=difference.challenger, champion=difference.champion, limit=limit)
    return PromotionCheck("coverage@20", difference.challenger >= difference.champion * (1 - limit), message)


def _latency(comparison: Comparison, policy: PromotionPolicy) -> PromotionCheck:
    message = Message.of("latency", value=comparison.latency, limit=policy.max_latency)
    return PromotionCheck("latency", comparison.latency <= policy.max_latency, message)


def _size(comparison: Comparison, policy: PromotionPolicy) -> PromotionCheck:
    return PromotionCheck("size", comparison.size <= policy.max_size, Message.of("model_size", size=comparison.size, limit=policy.max_size))


def _same(comparison: Comparison) -> PromotionCheck:
    message = Message.of("answers_unchanged") if comparison.same else Message.of("answers_changed")
    return PromotionCheck("saved", comparison.same, message)
