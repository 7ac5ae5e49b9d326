"""Measure whether each planted kind of odd traffic is found, at how many false alarms: a shop's clean days for history, then a day with one kind in it.

All ways of `traffic` judge together, at their defaults; an odd session is for `sessions`, which flags whole sessions. *Recall*: of the planted
rows, those that are flagged. *False*: of the clean rows of the same day, those that are; of `sessions`, which must not flag a visitor's session
for what others wrote into it, also on the days of all other kinds: their mean, and the worst. Of an hour that was lost or doubled no row is to
blame: it counts as found where the verdict on hours fails. Peer: PyOD's isolation forest on users, each by how much, how fast and how broadly
it acts on a day, with the threshold that flags a hundredth of the rows of the last day of history.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import polars as pl

from benchmarks.detecting.users import Forest
from benchmarks.detecting.visits import CATALOG, EVENTS, Published, Shop, closes, planted
from benchmarks.figures import Figure, main
from detectors.sessions.detector import Sessions
from detectors.traffic.detector import Traffic
from sluice.domain import ROW, Batch, Verdict
from sluice.faults import TRUTH, Injection
from sluice.ports import Judge

HISTORY, QUICK = 14, 8  # days
ROWS = (
    "crawler",
    "click_farm",
    "replay",
    "burst",
    "fixed_interval",
    "purchase_without_view",
    "funnel_anomaly",
    "clock_skew",
    "send_time_stamps",
    "stale_price",
)
SESSIONS, HOURS, CLEAN = "session_anomaly", ("missing_hour", "doubled_hour"), "clean"
NAMED = {
    "kind": "event_type",
    "session": "session_id",
    "ip": "ip",
    "agent": "user_agent",
    "received": "received_at",
    "price": "price",
    "quantity": "quantity",
    "dataset": CATALOG.dataset,
}
MUST, STRETCH, FALSE = 0.90, 0.97, 0.01


@dataclass(frozen=True, slots=True)
class DetectionRates:
    """Hold the shares of one day: injected rows flagged, clean rows flagged, and injected rows that the peer flags."""

    recall: float
    false: float
    peer: float


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure the traffic and session detectors on every pattern of odd traffic."""
    days = [_days(seed, QUICK if options.quick else HISTORY) for seed in range(options.seeds)]
    recalls = [figure for kind in (*ROWS, SESSIONS) for figure in _kind(kind, [day[kind] for day in days])]
    hours = [Figure.over(f"traffic, {kind}: found", [day[kind].recall for day in days], "share of days", f"must {MUST}") for kind in HOURS]
    clean = [
        Figure.over(f"traffic, {kind} day: false", [day[kind].false for day in days], "share of rows", f"at most {FALSE}")
        for kind in (CLEAN, "sessions, clean")
    ] + [
        Figure.over(f"traffic, sessions, days of other kinds, {which}: false", [day[which].false for day in days], "share of rows", f"at most {FALSE}")
        for which in ("mean", "worst")
    ]
    return [*recalls, *hours, *clean]


def _kind(kind: str, days: Sequence[DetectionRates]) -> Sequence[Figure]:
    peer = mean(day.peer for day in days)
    return [
        Figure.over(f"traffic, {kind}: recall", [day.recall for day in days], "share", f"must {MUST}, stretch {STRETCH}; isolation forest", peer),
        Figure.over(f"traffic, {kind}: false", [day.false for day in days], "share of clean rows", f"at most {FALSE}"),
    ]


def _days(seed: int, history: int) -> Mapping[str, DetectionRates]:
    """Measure one shop: the detection rates of each kind on the day after its history."""
    shop = Shop.of(seed, days=history + 1)
    traffic, sessions = Traffic(EVENTS, **NAMED), Sessions(EVENTS, kind="event_type", device="cpu")  # type: ignore[arg-type]  # names of columns
    snapshot = Published(shop, history, catalogs=history)
    snapshot = Published(shop, history, {detector.name: detector.train(snapshot, seed=0) for detector in (traffic, sessions)}, history + 1)
    forest = Forest(shop.days[:history])

    def rate_detector(kind: str, judge: Judge) -> DetectionRates:
        injection = planted(kind, shop, history, seed) if kind != CLEAN else Injection(shop.days[history], TRUTH.to_frame())
        batch = Batch(EVENTS.dataset, f"{history:012d}", injection.rows, closes(history))
        return _rate_verdicts(injection, judge.judge(batch, snapshot), forest.flag(injection.rows))

    by_traffic = {kind: rate_detector(kind, traffic) for kind in (*ROWS, *HOURS, CLEAN)}
    beside = [rate_detector(kind, sessions).false for kind in ROWS]
    of_sessions = {
        "sessions, clean": rate_detector(CLEAN, sessions),
        "mean": DetectionRates(0.0, mean(beside), 0.0),
        "worst": DetectionRates(0.0, max(beside), 0.0),
    }
    return {**by_traffic, SESSIONS: rate_detector(SESSIONS, sessions), **of_sessions}


def _rate_verdicts(injection: Injection, verdicts: Sequence[Verdict], peer: pl.Series) -> DetectionRates:
    bad = injection.rows[ROW].is_in(injection.truth[ROW].drop_nulls().implode())
    flags = pl.select(pl.any_horizontal(verdict.failing for verdict in verdicts if verdict.failing is not None)).to_series()
    strays = any(verdict.status == "failed" for verdict in verdicts if verdict.failing is None)  # the verdict on hours has no rows
    recall = float(strays) if set(injection.truth["kind"]) & set(HOURS) else _share(flags, bad)
    return DetectionRates(recall, float(strays) if injection.truth.is_empty() and strays else _share(flags, ~bad), _share(peer, bad))


def _share(flags: pl.Series, among: pl.Series) -> float:
    return float((flags & among).sum()) / max(int(among.sum()), 1)


if __name__ == "__main__":
    main(__doc__ or "", measure)
