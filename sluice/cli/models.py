"""Train models, list their versions and roll them back: retrain, models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import error_text, ntr, render, tr
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, NamedOption, ReasonOption, progress, say, show
from sluice.errors import SluiceError, UsageError

if TYPE_CHECKING:
    from sluice.domain import PromotionCheck

app = typer.Typer()
models = typer.Typer(no_args_is_help=True)
ModelArgument = Annotated[str, typer.Argument(help="the recommender, or a detector such as autoencoder or events.autoencoder")]


@app.command()
def retrain(
    by: NamedOption = "command line",
    tensorboard: Annotated[Path | None, typer.Option("--tensorboard", help="write curves and embeddings for TensorBoard into this folder")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Train the recommender where the gates are open; it serves only where the held-out users show that nobody is served worse.

    Reads the accepted batches of every dataset that `recommender` in sluice.yaml names, lets the configured models compete, and compares the winner with
    the serving version. Prints each check; a version that fails is stored as rejected. Takes a minute for 150,000 events on two cores.

    `sluice gate DATASET` says why a gate is closed, `sluice models list` which version serves, `sluice models rollback` goes back to the one before.

    Exit codes: 0 it has trained, whether the new version serves or not; 1 a gate is closed; 3 a gate is unknown.
    """
    from sluice.app import build
    from sluice.app.facts import model_facts
    from sluice.cli.run import deliver_alerts

    with build(config) as sluice:
        say("training where the gates are open, then comparing with the serving version")
        with progress() as report:
            result = sluice.retrain(by=by, log_dir=tensorboard, progress=report)
        undelivered = deliver_alerts(sluice)
    for sentence in [render(result.reason)] if result.promotion is None else map(format_check, result.promotion.checks):
        say(sentence)
    if result.model is None:
        raise typer.Exit(1 if any(decision.state == "closed" for decision in result.decisions) else 3)
    show([model_facts(result.model)], form)
    if undelivered:
        raise undelivered


def format_check(check: PromotionCheck) -> str:
    """Format one check of a challenger in one line."""
    state = tr({True: "passed", False: "FAILED", None: "too few"}[check.passed])
    return f"{state:8} {render(check.message)}"


@models.command("list")
def list_(name: ModelArgument = "recommender", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """List the versions of a registered model, the newest first, with their metrics.

    Where `recommender.exposures` logs what shoppers are shown, also the share of exposures that were clicked on, with its 95 % interval.
    """
    from sluice.app import build
    from sluice.app.clicks import click_facts, clicks_of
    from sluice.app.facts import model_facts
    from sluice.wiring.canary import canary_of

    with build(config) as sluice:
        full = sluice.resolve_model(name)
        try:
            clicks, judged = clicks_of(sluice, full), canary_of(sluice.config, sluice.store, sluice.now())
        except SluiceError as error:  # a shell without the key of pseudonyms still lists versions
            say(error_text(error))
            clicks = judged = None
        versions = sluice.store.models.versions(full)
        clicked = [{} if clicks is None else click_facts(clicks.get(model.version)) for model in versions]
        rows = [{**model_facts(model), **facts} for model, facts in zip(versions, clicked, strict=True)]
        show(rows, form, empty=tr("{model} has no version yet", model=full))
        if clicks is not None and judged is not None:
            say(tr("version {version}: {reason}", version=judged[0].version, reason=render(judged[1].reason)))


@models.command()
def rollback(
    name: ModelArgument = "recommender", by: ByOption = "", reason: ReasonOption = "", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table
) -> None:
    """Let the champion before the present one serve again; needs a name and a reason, which are logged.

    A running service follows within half a minute.
    """
    from sluice.app import build
    from sluice.app.facts import model_facts

    if not by.strip() or not reason.strip():
        raise UsageError(tr("a rollback needs a name (--by) and a reason (--reason)"))
    with build(config) as sluice:
        show([model_facts(sluice.rollback(name, by=by, reason=reason))], form)


@models.command()
def encrypt(config: ConfigOption = "sluice.yaml") -> None:
    """Write the bytes of stored models anew that are not encrypted under SLUICE_ENCRYPTION_KEY: those from before there was a key, and those under former keys.

    Once it ends, SLUICE_ENCRYPTION_OLD_KEYS is needed no longer. Without the key, encrypted models cannot be read: they are trained anew, and nothing else
    is lost.
    """
    from sluice.app import build

    with build(config) as sluice:
        if sluice.store.sealing.present is None:
            raise UsageError(tr("SLUICE_ENCRYPTION_KEY is not set; `openssl rand -hex 32` makes a key"))
        count = sluice.store.models.seal()
    say(ntr("{count} model is written anew", "{count} models are written anew", count))
