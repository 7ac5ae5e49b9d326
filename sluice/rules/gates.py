"""When a run, and a dataset, may be learned from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sluice.domain import Decision, GatePolicy, GateState, Override, Run
from sluice.rules.spans import age


def decide(run: Run, warming: Sequence[str], policy: GatePolicy, *, blocked: Sequence[str] = ()) -> tuple[GateState, tuple[str, ...]]:
    """May the rows of one run be learned from, and if not, why not.

    Args:
        run: Its scores and counts.
        warming: The rules that were skipped because they wait for history.
        policy: The limits.
        blocked: The rules with `on_fail: block` that failed.
    """
    if run.state == "set_aside":
        return "closed", (f"set aside: {run.error}",)
    if blocked:
        return "closed", (f"the whole batch is held: {', '.join(blocked)} failed",)
    if run.kind == "ingest" and not run.rows:
        return "unknown", ("the batch holds no row",)
    if run.published.value is None or run.published.worst is None:
        return "unknown", ("nothing, or not every critical rule, was evaluated",)
    reasons = [f"{name} is {value:.1f}, below {policy.minimum:g}" for name, value in run.published.dimensions.items() if value < policy.minimum]
    share = run.bad / run.rows if run.rows and run.kind == "ingest" else 0.0  # rows that are judged again were few, and bad, to begin with
    if share > policy.max_quarantined:
        reasons.append(f"{share:.1%} of the rows are quarantined, above {policy.max_quarantined:.0%}")
    if warming and not policy.allow_warming:
        reasons.append(f"still waiting for history: {', '.join(warming)}")
    return ("closed", tuple(reasons)) if reasons else ("open", ())


def gate(
    dataset: str, runs: Sequence[Run], policy: GatePolicy, *, now: datetime, snapshot: str, missing: Sequence[datetime] = (), override: Override | None = None
) -> Decision:
    """May a dataset be learned from now: looks over the runs of the training window, the newest included.

    Args:
        dataset: Its name.
        runs: Its runs of every kind and state, the oldest first.
        policy: The limits.
        now: The time asked at.
        snapshot: The snapshot that an open decision pins.
        missing: The ends of the periods in which a batch was expected and none came.
        override: The override in force, if any.
    """
    window = [run for run in runs if now - policy.window <= run.at <= now]
    ingests = [run for run in window if run.kind != "audit" and run.state == "published"]
    state, reasons = _window(ingests, runs, policy, now, missing)
    trusted = tuple(run.id for run in ingests if run.decision == "open")
    if override is not None and state != "open" and override.at <= now < override.expires:
        trusted = trusted or tuple(run.id for run in ingests)
        return Decision(dataset, "open", (*reasons, f"set aside by {override.by}: {override.reason}"), now, snapshot, trusted, override)
    return Decision(dataset, state, reasons, now, snapshot if state == "open" else None, trusted if state == "open" else ())


def _window(ingests: Sequence[Run], runs: Sequence[Run], policy: GatePolicy, now: datetime, missing: Sequence[datetime]) -> tuple[GateState, tuple[str, ...]]:
    if not any(run.kind == "ingest" for run in ingests):
        return "unknown", ("no batch was published in the training window",)
    known = [run for run in runs if run.kind == "ingest" and run.at <= now and run.state != "intent"]
    newest = max(reversed(known), key=lambda run: (run.at, run.state == "published"))  # of two for one time the one that came last, such as a correction
    reasons = [
        f"the newest batch ({newest.id}) is {newest.decision}: {reason}"
        for reason in newest.reasons
        if newest.state == "published" and newest.decision == "closed"
    ]
    reasons += [f"the newest arrival ({newest.id}) was set aside: {newest.error}"] if newest.state == "set_aside" else []
    reasons += [f"the batch due {moment:%Y-%m-%d %H:%M} did not come" for moment in missing if moment > newest.at]
    if policy.max_age is not None and now - newest.at > policy.max_age:
        reasons.append(f"the newest batch is {age(now - newest.at)} old, above {age(policy.max_age)}")
    rows = sum(run.good for run in ingests)
    shut = sum(run.good for run in ingests if run.decision != "open")
    if rows and shut / rows > policy.max_closed:
        reasons.append(f"{shut / rows:.1%} of the window's rows sit in runs that are not open, above {policy.max_closed:.0%}")
    audits = [run for run in runs if run.kind == "audit"]
    if audits and audits[-1].decision == "closed":
        reasons.append(f"the last audit ({audits[-1].id}) failed: {'; '.join(audits[-1].reasons)}")
    if reasons:
        return "closed", tuple(reasons)
    if newest.decision == "unknown" or (audits and audits[-1].decision == "unknown"):
        return "unknown", ("the newest batch or audit could not be judged",)
    return "open", ()


def missing(arrived: Sequence[datetime], every: timedelta | None, *, now: datetime, grace: timedelta = timedelta(0)) -> list[datetime]:
    """The ends of the periods, from the first arrival to now, in which a batch was expected and none came.

    Args:
        arrived: The times of what arrived, in any order.
        every: The rhythm; None where none is known.
        now: The time asked at.
        grace: How late a batch may be before it counts as missing.
    """
    if every is None or not arrived:
        return []
    first = min(arrived)
    present = {round((moment - first) / every) for moment in arrived}
    due = int((now - grace - first) / every)
    return [first + slot * every for slot in range(1, due + 1) if slot not in present]
