"""What was learned: retrain, models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sluice import alerts
from sluice.app import build
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, NoteOption, elapsed, say, show
from sluice.cli.run import tell
from sluice.domain import Model, PromotionCheck
from sluice.errors import UsageError
from sluice.messages import render
from sluice.wiring.recommender import RECOMMENDER

app = typer.Typer()
kept = typer.Typer(no_args_is_help=True)


@app.command()
def retrain(
    by: ByOption = "command line",
    tensorboard: Annotated[Path | None, typer.Option("--tensorboard", help="write curves and vectors for TensorBoard into this folder")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Train the recommender where the gates are open; it serves only where the held-out users show that nobody is served worse.

    Reads the accepted batches of every dataset that `recommender` in sluice.yaml names, lets the configured models compete, and asks the winner beside
    what serves now. Each thing that it is asked is told; a version that fails is kept as rejected. Takes a minute for 150,000 events on two cores.

    `sluice gate DATASET` says why a gate is closed, `sluice models list` which version serves, `sluice models rollback` goes back to the one before.

    Leaves with 0 where it has trained, whether the new version serves or not; with 1 where a gate is closed, 3 where it is unknown.
    """
    with build(config) as sluice:
        with elapsed("training where the gates are open, then asking whether it serves anybody worse"):
            result = sluice.retrain(by=by, board=tensorboard)
        undelivered = tell(sluice, [alerts.about_gate(each) for each in result.decisions])
    for line in [render(result.reason)] if result.promotion is None else map(asked, result.promotion.checks):
        say(line)
    if result.model is None:
        raise typer.Exit(1 if any(each.state == "closed" for each in result.decisions) else 3)
    show([facts(result.model)], form)
    if undelivered:
        raise undelivered


def asked(check: PromotionCheck) -> str:
    """One thing that a challenger was asked, in one line."""
    return f"{ ({True: 'passed', False: 'FAILED', None: 'too few'}[check.passed]):8} {render(check.message)}"


@kept.command("list")
def list_(
    name: Annotated[str, typer.Argument(help="the recommender, or a detector such as autoencoder or events.autoencoder")] = RECOMMENDER,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List the versions of a line of models, the newest first, with their metrics."""
    with build(config) as sluice:
        line = sluice.line(name)
        show(map(facts, sluice.store.models.versions(line)), form, empty=f"{line} has no version yet")


@kept.command()
def rollback(
    name: Annotated[str, typer.Argument(help="the recommender, or a detector such as autoencoder or events.autoencoder")] = RECOMMENDER,
    by: ByOption = "",
    note: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Let the champion before this one serve again; needs a name and a note, which are logged.

    A running server follows within half a minute.
    """
    if not by.strip() or not note.strip():
        raise UsageError("a roll-back needs a name (--by) and a note (--note)")
    with build(config) as sluice:
        show([facts(sluice.rollback(name, by=by, why=note))], form)


def facts(model: Model) -> Mapping[str, object]:
    """One version in one line."""
    serving = model.card.get("serving")
    metrics = {str(name): value for name, value in serving.items() if " " not in str(name)} if isinstance(serving, Mapping) else {}  # those of all users
    return {
        "model": model.name,
        "version": model.version,
        "state": model.state,
        "at": model.at,
        "kind": model.card.get("kind"),
        "rows": model.card.get("rows"),
        **metrics,
    }
