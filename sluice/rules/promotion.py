"""Whether a challenger takes the champion's place."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.domain import Comparison, MetricDifference, Promotion, PromotionCheck, PromotionPolicy, counted

SURE = 6  # users who find less: that fewer do may be chance (a sign test), whatever a bootstrap of so few says


def promote(comparison: Comparison, policy: PromotionPolicy) -> Promotion:
    """Does a challenger take the champion's place: where it is not worse on the trusted hold-out, for no part of the users, and fit to serve.

    The 95 % interval of the change of NDCG@20 must not reach further below zero than the tolerance. Where so few users are held out that the
    interval of an equal model would reach that far by chance, the challenger must not do worse by that much on them as they are. Small losses do not
    add up: it must not fall further below the best champion that the same hold-out has judged, either. A segment fails
    where it surely lost more than its limit, or where it lost that much and is large enough to tell; one that is too small, or in which fewer than
    SURE users find less, is told and not counted. The first model of a line need only be fit to serve.

    Args:
        comparison: Both models on the same users.
        policy: The limits.
    """
    return Promotion((*_ranking(comparison, policy), _latency(comparison, policy), _size(comparison, policy), _same(comparison)))


def _ranking(comparison: Comparison, policy: PromotionPolicy) -> Iterator[PromotionCheck]:
    if comparison.trusted is None:
        yield PromotionCheck("ndcg@20", passed=True, why="the first model: nothing serves yet")
        return
    yield _better(comparison.trusted, policy.tolerance)
    if comparison.best is not None:
        yield _lasting(comparison.trusted.challenger, comparison.best, policy.tolerance)
    for name, change in sorted(comparison.segments.items()):
        yield _segment(name, change, policy.segments.get(name, policy.segment))
    if comparison.coverage is not None:
        yield _coverage(comparison.coverage, policy.coverage)


def _better(change: MetricDifference, tolerance: float) -> PromotionCheck:
    told = f"NDCG@20 {change.challenger:.4f} against the champion's {change.champion:.4f}{_interval(change)}"
    if change.change is None or change.low is None or change.high is None:
        return PromotionCheck("ndcg@20", change.challenger >= change.champion, told)
    if (change.high - change.low) / 2 <= tolerance:
        return PromotionCheck("ndcg@20", change.low >= -tolerance, f"{told}; may reach {-tolerance:.1%}")
    if change.low >= -tolerance:
        return PromotionCheck("ndcg@20", passed=True, why=told)
    return PromotionCheck(
        "ndcg@20", change.change >= -tolerance, f"{told}; {counted(change.users, 'user')} cannot tell {tolerance:.1%}, so it must not be worse by that on them"
    )


def _lasting(reached: float, best: float, tolerance: float) -> PromotionCheck:
    told = f"NDCG@20 {reached:.4f}; champions before reached {best:.4f} on this hold-out, of which {tolerance:.1%} may be lost in all"
    return PromotionCheck("best", reached >= best * (1 - tolerance), told)


def _segment(name: str, change: MetricDifference, limit: float) -> PromotionCheck:
    told = f"{name}: Recall@20 {change.challenger:.4f} against {change.champion:.4f}{_interval(change)}"
    if change.change is None or change.low is None or change.high is None:
        return PromotionCheck(name, None, f"{told}; the champion finds nothing here")
    if change.change < -limit and change.users * (change.champion - change.challenger) < SURE - 0.5:
        return PromotionCheck(name, None, f"{told}; {counted(change.users, 'user')} cannot tell {limit:.1%}")
    if change.high < -limit:
        return PromotionCheck(name, passed=False, why=f"{told}; may lose {limit:.1%}")
    if (change.high - change.low) / 2 > limit:
        return PromotionCheck(name, None, f"{told}; {counted(change.users, 'user')} cannot tell {limit:.1%}")
    return PromotionCheck(name, change.change >= -limit, f"{told}; may lose {limit:.1%}")


def _coverage(change: MetricDifference, limit: float) -> PromotionCheck:
    passed = change.challenger >= change.champion * (1 - limit)
    return PromotionCheck("coverage@20", passed, f"coverage@20 {change.challenger:.4f} against the champion's {change.champion:.4f}; may lose {limit:.1%}")


def _latency(comparison: Comparison, policy: PromotionPolicy) -> PromotionCheck:
    return PromotionCheck(
        "latency", comparison.latency <= policy.latency, f"99 of 100 answers within {comparison.latency:.1f} ms; may take {policy.latency:g} ms"
    )


def _size(comparison: Comparison, policy: PromotionPolicy) -> PromotionCheck:
    return PromotionCheck("size", comparison.size <= policy.size, f"{comparison.size:,} bytes; may have {policy.size:,}")


def _same(comparison: Comparison) -> PromotionCheck:
    return PromotionCheck(
        "saved", comparison.same, "answers are the same after saving and loading" if comparison.same else "answers differ after saving and loading"
    )


def _interval(change: MetricDifference) -> str:
    if change.change is None or change.low is None or change.high is None:
        return ""
    return f" ({change.change:+.1%}, 95 % interval {change.low:+.1%} to {change.high:+.1%}, {counted(change.users, 'user')})"
