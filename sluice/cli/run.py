"""Run the main job by hand: run, audit, check."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.arrivals import list_arrivals
from sluice.cli.language import error_text, render, tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, parse_span, progress, say, score_cell, show
from sluice.cli.run_notes import explain_runs, guarded_of, missing_keys_of, say_of_files, say_rebuilds, say_what_waits
from sluice.errors import NotDelivered, SluiceError

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import Curve, Guarded, Message, Run, Verdict

app = typer.Typer()
DebugOption = Annotated[bool, typer.Option("--debug", help="print where a step failed on a batch that is set aside, without cells")]
DatasetsArgument = Annotated[list[str] | None, typer.Argument(help="names of datasets; all unless named")]


@app.command()
def run(
    datasets: DatasetsArgument = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="read files again that failed before, such as after a limit was raised")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
    debug: DebugOption = False,
) -> None:
    """Publish every batch that arrived, and carry out requests.

    Each batch is checked, repaired, checked again and split: good rows go to the published tables, the others to the quarantine.
    A batch that cannot be read, or on which a step fails, is set aside with the reason, and the others go on.
    Exit codes: 0 what arrived was processed, also where rows are held or a gate is closed (`sluice gate` exits with 1 then); 1 a batch failed, or no row
    of it was published; 2 wrong usage or configuration; 3 a source does not answer, or something else fails (the others are read all the same); 4 all
    is done, but an alert was not delivered.
    """
    from sluice.app import build, process_requests
    from sluice.app.alerting import tell
    from sluice.app.cost_curve import newest_cost_curve
    from sluice.messages import error_message
    from sluice.rules.alerts import about_failure

    if debug:
        logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s", handlers=[_debug_handler()])
    unanswered: list[Exception] = []
    with build(config) as sluice:
        sluice.store.catch_up()
        pending = list_arrivals(sluice, datasets or [], retry_failed=retry_failed, on_source_error=unanswered.append)
        with progress() as report:
            runs = list(sluice.run(pending, retry_failed=retry_failed, progress=report, on_error=unanswered.append))
        process_requests(sluice)
        curve = newest_cost_curve(sluice)
        guarded, missing = guarded_of(sluice, runs), missing_keys_of(sluice, runs)
        show(summaries(runs, curve, form, guarded, missing), form, empty="nothing new arrived")
        if not pending:
            say_what_waits(sluice, datasets or [])
        if form is Format.table:
            explain_runs(sluice, runs, guarded, missing)
        say_of_files(sluice, datasets or [])
        for error in {str(error): error for error in unanswered}.values():
            tell(sluice, about_failure("run", error_message(error)))
        send_lineage(sluice)
        undelivered = deliver_alerts(sluice)
    blocked = any(done.state != "published" or (done.judged and not done.good) for done in runs)
    _raise_first([*unanswered, *([typer.Exit(1)] if blocked else []), *([undelivered] if undelivered else [])])


def send_lineage(sluice: App) -> None:
    """Send the lineage events that wait, and say where the receiver is away: the runs are published all the same."""
    from sluice.app.lineage import deliver_lineage

    try:
        deliver_lineage(sluice)
    except SluiceError as error:
        say(f"sluice: {error_text(error)}")


def _debug_handler() -> logging.Handler:
    """Make a handler of what Sluice itself logs, to stderr."""
    handler = logging.StreamHandler()
    handler.addFilter(logging.Filter("sluice"))
    return handler


def _raise_first(errors: Sequence[Exception]) -> None:
    """Print all errors but the first, and raise that."""
    for text in dict.fromkeys(f"sluice: {error_text(error)}" for error in errors[1:] if not isinstance(error, typer.Exit)):
        if text != f"sluice: {error_text(errors[0])}":
            say(text)
    if errors:
        raise errors[0]


@app.command()
def check(
    datasets: DatasetsArgument = None,
    since: Annotated[str, typer.Option("--since", help="judge the published batches of this time again instead, such as 14d")] = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Judge the batches that arrived and publish nothing: print the verdicts that did not pass, or all with `--format json`.

    With `--since 14d` it judges the published batches of the last 14 days by this sluice.yaml, or by another one beside it (`--config new.yaml`): rows
    that would be held or flagged, incidents that would have begun as the batches arrived, and decisions, beside the recorded ones. The rows are those that
    arrived, each judged against what was published before it, by the detectors' present models. Files need not be there any more.

    Exit codes: 0 every rule is met, or nothing arrived, or `--since` is given; 1 a rule fails or a file cannot be read (the others are judged all the
    same); 2 wrong usage or configuration; 3 a rule could not run.
    """
    from sluice.app import build
    from sluice.cli.backtest import show_backtest

    if since:
        show_backtest(datasets or [], parse_span(since, "--since"), config, form)
        return
    unread: list[SluiceError] = []
    with build(config) as sluice:
        pending = list_arrivals(sluice, datasets or [])
        if not pending:
            say_rebuilds(sluice, datasets or [])
        verdicts = [(Path(arrival.uri).name, verdict) for arrival, judged in sluice.check(pending, on_error=unread.append) for verdict in judged]
    rows = (describe_verdict(file, verdict) for file, verdict in verdicts if form is Format.json or verdict.status != "passed")
    passed = tr("{count} verdicts, every rule is met", count=len(verdicts)) if verdicts else "no batch was judged"
    show(rows, form, empty=passed if pending else "nothing new arrived")
    for text in dict.fromkeys(f"sluice: {error_text(error)}" for error in unread):  # a dataset that waits has one for each of its files
        say(text)
    states = {verdict.status for _, verdict in verdicts}
    if unread or states & {"failed", "not_evaluated"}:
        raise typer.Exit(1 if unread or "failed" in states else 3)


@app.command()
def audit(dataset: DatasetArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Judge what is already published; changes no data. A failed audit closes the gate.

    Exit codes: 0 it passed; 1 it failed; 2 wrong usage or configuration; 3 it is unknown; 4 it passed, but an alert was not delivered.
    """
    from sluice.app import build

    with build(config) as sluice:
        done = sluice.audit(dataset)
        show(summaries([done], None, form, guarded_of(sluice, [done])), form)
        for reason in done.reasons:
            say(render(reason))
        undelivered = deliver_alerts(sluice)
    if done.decision != "open":
        raise typer.Exit(1 if done.decision == "closed" else 3)
    if undelivered:
        raise undelivered


def deliver_alerts(sluice: App) -> NotDelivered | None:
    """Send the alerts that wait; return what was not delivered, so that the work's own result comes first."""
    from sluice.app.alerting import deliver

    failures = deliver(sluice)
    for failure in failures[1:]:
        say(f"sluice: {error_text(failure)}")
    return failures[0] if failures else None


def describe_verdict(file: str, verdict: Verdict) -> Mapping[str, object]:
    """Describe one verdict in one row."""
    from sluice.app.facts import verdict_facts

    return {"file": file, **verdict_facts(verdict)}


def summaries(
    runs: Sequence[Run], curve: Curve | None, form: Format, guarded: Mapping[str, Guarded | None], missing: Mapping[str, Message] | None = None
) -> list[Mapping[str, object]]:
    """Describe runs in one row each; a table leaves out the numbers of copies and superseded rows where no run has any, and JSON has missing keys too."""
    newest = {done.dataset: done.id for done in runs}
    rows = [summary(done, curve, guarded.get(done.id)) for done in runs]
    if form is Format.json and missing is not None:
        rows = [{**row, "missing_keys": missing.get(done.dataset) if done.id == newest[done.dataset] else None} for row, done in zip(rows, runs, strict=True)]
    always, unless_used = ("replaced", "configuration"), ("copies", "superseded")
    unused = [*always, *(name for name in unless_used if not any(row[name] for row in rows))] if form is Format.table else []
    return [{_heading(name, form): value for name, value in row.items() if name not in unused} for row in rows]


def _heading(name: str, form: Format) -> str:
    """Name a column of a table; the time of a batch is the end of its period, such as the midnight after a day."""
    return "until" if name == "at" and form is Format.table else name


def summary(done: Run, curve: Curve | None = None, guarded: Guarded | None = None) -> Mapping[str, object]:
    """Describe one run in one row; where a cost curve was measured, with the share of Recall@20 that the batch would cost."""
    from sluice.app.facts import run_facts

    facts = run_facts(done, curve, guarded)
    return {**facts, "arrival": score_cell(done.arrival.value), "published": score_cell(done.published.value), "worst": score_cell(done.published.worst)}
