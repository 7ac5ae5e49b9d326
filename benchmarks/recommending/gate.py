"""Measure the gate: faults injected into a behaviour log at three rates, and whether the data stage or the model stage blocks those that cost Recall@20.

The data stage judges each of six days beside the others, accepted ones, by the worst dimension of what would be published; the log is blocked where
`sluice.rules.gate` is not open. The model stage lets the proxy learn from what would be published, and compares it with the one that learned from the
clean log, on half of the users; the other half tells the true loss. The floor is the share that was planted, which nobody knows. The signals were chosen
on Beauty with seven faults. Nothing was chosen by Office's faults, the same seven and five others; the allowance for chance was, by its clean days.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import mean

import numpy as np
import polars as pl
from scipy.stats import spearmanr

from benchmarks.figures import Figure, main
from benchmarks.recommending.faults import SEEN_FAULTS, UNSEEN, Fault
from benchmarks.recommending.logs import DATA, DAYS, EVENTS, START, Log, beauty, judge_day, office, steps, to_interactions
from recommender.cost_curve.proxy import Proxy
from sluice.domain import Comparison, GatePolicy, Outcome, PromotionPolicy, Run
from sluice.rules import gate, promote
from sluice.store.run_record import RunRecord, decide_record

RATES = (0.05, 0.1, 0.2)
ROWS, MINIMUM = 0.06, 99.0  # the share of rows that a day may lack, and the gate's limit on the worst dimension: both chosen on Beauty
BOUND = 0.05  # of Recall@20: what costs more must not pass
POLICY = GatePolicy(minimum=MINIMUM, max_quarantined=0.3)


@dataclass(frozen=True, slots=True)
class FaultyLog:
    """Hold a log with an injected fault: its score, its true loss, and which stage blocked it."""

    fault: str
    rate: float
    score: float
    loss: float
    data: bool
    model: bool


def inject_faults(log: Log, faults: Mapping[str, Fault], seed: int, rates: Sequence[float]) -> Iterator[FaultyLog]:
    """Inject every fault at every rate into all days of a log."""
    day_steps = steps(ROWS)
    days = log.days(seed)
    clean = pl.concat([to_interactions(judge_day(day, _others(days, nth), day_steps).split.good.rows) for nth, day in enumerate(days)])
    truth, trusted = (Proxy.fit(clean, log.holdout(odd=odd)) for odd in (False, True))
    for name, fault in faults.items():
        for rate in rates:
            rng = np.random.default_rng([seed, len(name), round(100 * rate)])  # the days of a log go on with one row of draws
            outcomes = [judge_day(fault(day, rate, rng), _others(days, nth), day_steps) for nth, day in enumerate(days)]
            learned = pl.concat([to_interactions(outcome.split.good.rows) for outcome in outcomes])
            score = mean(outcome.published.worst or 0.0 for outcome in outcomes)
            yield FaultyLog(name, rate, score, truth.cost(learned).share, _is_closed(outcomes), not _is_promoted(trusted, learned))


def _others(days: Sequence[pl.DataFrame], nth: int) -> list[pl.DataFrame]:
    return [day for place, day in enumerate(days) if place != nth]


def _run(outcome: Outcome, nth: int) -> Run:
    record = RunRecord.of(outcome, "")
    state, reasons = decide_record(record, POLICY)
    return replace(record.run("published"), id=f"day{nth}", at=START + timedelta(days=nth + 1), decision=state, reasons=reasons)


def _is_closed(outcomes: Sequence[Outcome]) -> bool:
    """Return whether the gate of the dataset is closed after these days."""
    runs = [_run(outcome, nth) for nth, outcome in enumerate(outcomes)]
    return not gate(EVENTS.dataset, runs, POLICY, now=START + timedelta(days=DAYS), snapshot="1").open


def _is_promoted(trusted: Proxy, learned: pl.DataFrame) -> bool:
    comparison = Comparison(trusted.compare(learned), None, {}, None, 0.0, 0, same=True)
    return promote(comparison, PromotionPolicy()).won


def hold_clean_days(log: Log, seeds: Sequence[int]) -> list[bool]:
    """Return whether each clean day is held, for several assignments of users to days."""
    day_steps, decisions = steps(ROWS), []
    for seed in seeds:
        days = log.days(1000 + seed)
        decisions += [_run(judge_day(day, _others(days, nth), day_steps), nth).decision != "open" for nth, day in enumerate(days)]
    return decisions


def reject_challengers(log: Log, seed: int) -> list[bool]:
    """Return whether the model stage rejects a challenger that learned from all clean days, where the champion lacks one of them."""
    days = [to_interactions(day) for day in log.days(3000 + seed)]
    champions = [Proxy.fit(pl.concat(_others(days, nth)), log.holdout(odd=True)) for nth in range(len(days))]
    return [not _is_promoted(champion, pl.concat(days)) for champion in champions]


def figures(name: str, logs: Sequence[FaultyLog], clean: Sequence[bool], fresh: Sequence[bool]) -> list[Figure]:
    """Return the figures of one data set; losses are means over the seeds."""
    kinds = sorted({(log.fault, log.rate) for log in logs})
    same = {kind: [log for log in logs if (log.fault, log.rate) == kind] for kind in kinds}
    loss, score = ({kind: mean(getattr(log, name_of) for log in repeats) for kind, repeats in same.items()} for name_of in ("loss", "score"))
    bad = [log for kind in kinds if loss[kind] > BOUND for log in same[kind]]
    stages = {
        "data or model stage": [log.data or log.model for log in bad],
        "data stage": [log.data for log in bad],
        "model stage": [log.model for log in bad],
    }
    rank, floor = (float(spearmanr(by, [loss[kind] for kind in kinds]).statistic) for by in ([-score[kind] for kind in kinds], [rate for _, rate in kinds]))
    return [
        *(
            Figure(f"{name}: blocked of those that cost over {BOUND:.0%}, {stage}", mean(some), "share", "must: 0.9", n=len(bad))
            for stage, some in stages.items()
        ),
        Figure(f"{name}: clean days held", mean(clean), "share", "at most: 0.05", n=len(clean)),
        Figure(f"{name}: challengers with a clean day more kept out", mean(fresh), "share", n=len(fresh)),
        Figure(f"{name}: Spearman of score and loss", rank, "", f"must: 0.75; of the planted share itself: {floor:.2f}", n=len(kinds)),
    ]


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both data sets, with the mean loss and score of each log over the seeds."""
    seeds, rates = range(1 if options.quick else options.seeds), RATES[-1:] if options.quick else RATES
    return [
        *_measured("Beauty (chosen on)", beauty(2000 if options.quick else 6000), SEEN_FAULTS, range(1), rates),
        *_measured("Office, the same faults", office(), SEEN_FAULTS, seeds, rates),
        *_measured("Office, other faults", office(), UNSEEN, seeds, rates),
    ]


def _measured(name: str, log: Log, faults: Mapping[str, Fault], seeds: Sequence[int], rates: Sequence[float]) -> list[Figure]:
    logs = [faulty for seed in seeds for faulty in inject_faults(log, faults, seed, rates)]
    return figures(name, logs, hold_clean_days(log, range(10)), [rejected for seed in seeds for rejected in reject_challengers(log, seed)])


if __name__ == "__main__":
    if not DATA.exists():
        raise SystemExit(f"needs {DATA}")
    main(__doc__ or "", measure)
