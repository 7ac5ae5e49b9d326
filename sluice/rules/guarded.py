"""Decide when to measure how much is guarded, and which measurement a run's score goes with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sluice.domain import Guarded, Message, Run, whole_percent

MEASURE_AGAIN = timedelta(days=7)
_MAX_NAMED = 8  # columns in a sentence


def is_measurement_due(last: Guarded | None, settings: str, now: datetime) -> bool:
    """Return True where nothing was measured, where what decides has changed since, or where the last time is a week ago.

    Args:
        last: The newest measurement.
        settings: Fingerprint of all that decides what is found now.
        now: Time of the decision.
    """
    return last is None or last.settings != settings or now - last.at >= MEASURE_AGAIN


def guarded_at(measurements: Sequence[Guarded], run: Run) -> Guarded | None:
    """Return the measurement that tells what the score of a run is a score of; None where there is none.

    It is the newest one up to the run, and the first one where there is none yet: a batch is measured after it was published. Those that were
    measured by the rules that judged the run come first.

    Args:
        measurements: Measurements of the run's dataset, the oldest first.
        run: A published run.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 1, tzinfo=UTC)
        >>> first, second = (Guarded("d", at, snapshot, rules, "", 100, {}) for snapshot, rules in ((2, "old"), (9, "new")))
        >>> runs = [Run(str(seq), "d", "ingest", seq, at, "published", fingerprint=rules) for seq, rules in ((1, "old"), (5, "old"), (8, "new"))]
        >>> [guarded_at([first, second], run).snapshot for run in runs]
        [2, 2, 9]
    """
    fitting = [measured for measured in measurements if measured.rules == run.fingerprint] or measurements
    earlier = [measured for measured in fitting if measured.snapshot <= (run.seq or 0)]
    return earlier[-1] if earlier else next(iter(fitting), None)


def describe_score(score: float | None, guarded: Guarded | None) -> Message | None:
    """Return a sentence that says of which share of the cells a score is one, and what nothing guards; None where that was not measured.

    Args:
        score: A score from 0 to 100.
        guarded: What was measured.

    Example:
        >>> from datetime import UTC, datetime
        >>> from sluice.messages import render
        >>> at, columns = datetime(2026, 3, 1, tzinfo=UTC), {"price": {"missing": (10, 8)}, "note": {"missing": (10, 0)}}
        >>> render(describe_score(100.0, Guarded("items", at, 7, "", "", 100, columns)))
        'score 100.0 of the 40 % of cells that something guards; nothing guards note'
    """
    if guarded is None or guarded.share is None or score is None:
        return None
    names, percent = guarded.unguarded, whole_percent(guarded.share)
    if not names:
        return Message.of("score_of_guarded", score=score, percent=percent)
    named = (*names[:_MAX_NAMED], *(["…"] if len(names) > _MAX_NAMED else []))
    return Message.of("score_of_guarded_except", score=score, percent=percent, columns=named)
