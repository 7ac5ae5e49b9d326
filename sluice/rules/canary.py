"""Decide who gets a candidate of the recommender, and whether it becomes champion, by what shoppers clicked on. Pure."""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta

import polars as pl

from sluice.domain import Message
from sluice.domain.canary import CanaryDecision, CanaryPolicy, Evidence

BOUNDARY = 2.2414  # of |Z| * sqrt(t) for 95 % over all looks at a Brownian motion (reflection principle): that of O'Brien and Fleming 1979 in the limit


def takes_part(user: str, version: int, share: float) -> bool:
    """Return whether a user is in the group that gets a version; the group of each version is another one, and a larger share only adds to it.

    Example:
        >>> sum(takes_part(f"u{number}", 7, 0.1) for number in range(10_000))
        994
    """
    digest = hashlib.sha256(f"{version}\0{user}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def compare_clicks(marked: pl.DataFrame, champion: int, candidate: int) -> Evidence:
    """Compare the click-through rates of two versions, with users as the unit: the exposures of one user are alike, and users were drawn at random.

    The variance of each rate is that of a ratio of means (delta method; Deng, Knoblich and Lu 2018). It is at least that of independent exposures at the
    champion's rate, since few clicks have too small a variance. Users who got both versions are left out of the champion's.

    Args:
        marked: Exposures of the time in which both served, as `rules.click_rates.mark_clicked` returns them.
        champion: Version that serves.
        candidate: Version that some users get.
    """
    mine = marked.filter(pl.col("model") == candidate)
    others = marked.filter(pl.col("model") == champion).join(mine.select("user").unique(), on="user", how="anti")
    base, base_variance, base_users, _ = _rate(others)
    rate, variance, users, exposures = _rate(mine)
    if base == 0 or users == 0:
        return Evidence(base_users, users, base, rate, None)
    variance = max(variance, base * (1 - base) / exposures)
    return Evidence(base_users, users, base, rate, math.sqrt(variance + base_variance * (rate / base) ** 2) / base)


def _rate(rows: pl.DataFrame) -> tuple[float, float, int, int]:
    """Return a click-through rate, its variance, and the numbers of users and exposures."""
    users = rows.group_by("user").agg(clicks=pl.col("clicked").sum().cast(pl.Float64), exposures=pl.len().cast(pl.Float64))
    if users.is_empty():
        return 0.0, 0.0, 0, 0
    clicks, exposures = users["clicks"].to_numpy(), users["exposures"].to_numpy()
    rate = float(clicks.sum() / exposures.sum())
    residuals = clicks - rate * exposures
    variance = float(residuals @ residuals) / max(users.height - 1, 1) / users.height / float(exposures.mean()) ** 2
    return rate, variance, users.height, rows.height


def decide_canary(evidence: Evidence, policy: CanaryPolicy, age: timedelta) -> CanaryDecision:
    """Decide whether a candidate becomes champion, is rejected, or goes on.

    One may look as often as one likes: the interval is so wide at first that all looks together err in 5 of 100 candidates.

    Args:
        evidence: What both versions' users clicked on.
        policy: Limits.
        age: For how long the candidate has been shown.

    Example:
        >>> from sluice.domain.canary import CanaryPolicy, Evidence
        >>> better = Evidence(champion_users=9000, users=1000, champion_rate=0.05, rate=0.06, error=0.03)
        >>> decide_canary(better, CanaryPolicy(), timedelta(days=7)).verdict
        'promote'
    """
    if evidence.change is None or evidence.error is None or min(evidence.users, evidence.champion_users) < policy.min_users:
        reason = Message.of("canary_too_few_users", users=evidence.users, champion=evidence.champion_users, least=policy.min_users)
        return CanaryDecision("reject" if age >= policy.longest else "wait", reason)
    reach = BOUNDARY * evidence.error / math.sqrt(max(1e-9, min(1.0, age / policy.longest)))
    low, high = evidence.change - reach, evidence.change + reach
    rates = {"candidate": evidence.rate, "champion": evidence.champion_rate, "change": evidence.change, "users": evidence.users}
    if evidence.change < -policy.max_loss:
        return CanaryDecision("reject", Message.of("canary_over_limit", **rates, limit=policy.max_loss))
    interval = Message.of("canary_interval", **rates, low=max(low, -1.0), high=high, limit=policy.tolerance)
    if high < 0:
        return CanaryDecision("reject", interval)
    if low > -policy.tolerance:
        return CanaryDecision("promote", interval)
    return CanaryDecision("reject" if age >= policy.longest else "wait", interval)
