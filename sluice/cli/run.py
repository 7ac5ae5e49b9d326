"""The main job by hand: run, audit, check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from sluice import alerts
from sluice.app import App, build
from sluice.app import cost_curve as costs
from sluice.cli.output import ConfigOption, Format, FormatOption, progress, say, show
from sluice.domain import Curve, Message, Run, Verdict
from sluice.errors import NotDelivered, SluiceError, SourceError
from sluice.messages import render
from sluice.rules import cost_of

app = typer.Typer()
Datasets = Annotated[list[str] | None, typer.Argument(help="datasets; all unless named")]


@app.command()
def run(
    datasets: Datasets = None,
    again: Annotated[bool, typer.Option("--again", help="read once more what was set aside, such as after a limit was raised")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Publish every batch that arrived, and carry out what people asked for.

    Each batch is checked, repaired, checked again and parted: good rows go to the clean tables, the others to the quarantine.
    Leaves with 1 where a batch was blocked or set aside, 3 where a source does not answer (the others are read all the same).
    """
    broken: list[SluiceError] = []
    with build(config) as sluice:
        sluice.again = again
        runs = publish(sluice, datasets or [], broken=broken.append)
        sluice.work()
        curve = costs.curve(sluice)
        show((summary(each, curve) for each in runs), form, empty="nothing new arrived")
        undelivered = tell(sluice, [*map(alerts.about_run, runs), *(alerts.about_failure("run", str(error)) for error in broken)])
    blocked = any(each.state == "failed" or (each.rows and not each.good) for each in runs)
    troubles: list[Exception] = [*broken, *([typer.Exit(1)] if blocked else []), *([undelivered] if undelivered else [])]
    for each in troubles[1:]:
        if isinstance(each, SluiceError):
            say(f"sluice: {each}")
    if troubles:
        raise troubles[0]


@app.command()
def check(datasets: Datasets = None, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Tell what every rule says of the batches that arrived, and publish nothing.

    Leaves with 1 where a rule fails or a batch would be set aside (the others are judged all the same), 3 where a rule could not run.
    """
    unread: list[SluiceError] = []
    with build(config) as sluice:
        waiting = sluice.waiting(datasets or [])
        found = [(Path(arrival.uri).name, verdict) for arrival, verdicts in sluice.check(waiting, unread=unread.append) for verdict in verdicts]
    told = (judged(file, verdict) for file, verdict in found if form is Format.json or verdict.status != "passed")
    show(told, form, empty=f"{len(found)} verdicts, every rule is met" if found else "no batch was judged" if waiting else "nothing new arrived")
    for error in unread:
        say(f"sluice: {error}")
    states = {verdict.status for _, verdict in found}
    if unread or states & {"failed", "not_evaluated"}:
        raise typer.Exit(1 if unread or "failed" in states else 3)


@app.command()
def audit(dataset: Annotated[str, typer.Argument(help="which dataset")], config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Judge what is already published; changes no data. A failed audit closes the gate, and leaves with 1."""
    with build(config) as sluice:
        done = sluice.audit(dataset)
        show([summary(done)], form)
        for reason in done.reasons:
            say(render(reason))
        undelivered = tell(sluice, [alerts.about_run(done)])
    if done.decision != "open":
        raise typer.Exit(1 if done.decision == "closed" else 3)
    if undelivered:
        raise undelivered


def publish(sluice: App, datasets: Sequence[str], *, broken: Callable[[SourceError], object] | None = None) -> list[Run]:
    """Publish what arrived, with a bar; `broken` is told of sources that do not answer."""
    waiting = sluice.waiting(datasets, broken=broken)
    runs: list[Run] = []
    with progress() as told:
        for done in sluice.run(waiting):
            runs.append(done)
            told("publishing batches", sum(each.kind == "ingest" for each in runs), len(waiting))
    return runs


def tell(sluice: App, messages: Sequence[alerts.Alert | None]) -> NotDelivered | None:
    """Send what is to be told; gives back the first failure, so that the work's own result comes first."""
    failed: NotDelivered | None = None
    for message in filter(None, messages):
        try:
            sluice.alerts.send(message)
        except NotDelivered as error:
            failed = failed or error
    return failed


def judged(file: str, verdict: Verdict) -> Mapping[str, object]:
    """One verdict in one line."""
    return {
        "file": file,
        "rule": verdict.rule,
        "state": verdict.status,
        "severity": verdict.severity,
        "rows": verdict.rows,
        "failed": verdict.failed,
        "expected": render(Message.from_json(verdict.message)),
        "found": render(Message.from_json(verdict.observed)),
    }


def summary(done: Run, curve: Curve | None = None) -> Mapping[str, object]:
    """One run in one line; where dirt was calibrated, with the share of Recall@20 that a batch would cost."""
    cost = cost_of(curve, done)
    return {
        "dataset": done.dataset,
        "at": done.at,
        "run": done.id,
        "kind": done.kind if done.state == "published" else done.state,
        "rows": done.rows,
        "clean": done.good,
        "held": done.bad,
        "repaired": done.repaired,
        "arrival": done.arrival.value,
        "published": done.published.value,
        "worst": done.published.worst,
        **({} if curve is None else {"costs": None if cost is None else round(cost.share, 4)}),
        "decision": done.decision,
        "why": render(done.error) or "; ".join(map(render, done.reasons)),
    }
