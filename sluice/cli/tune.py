"""Tune settings of models: `sluice tune recommender`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.difference import offer_difference
from sluice.cli.language import ntr, render, tr, word
from sluice.cli.output import ConfigOption, Format, FormatOption, NamedOption, parse_span, progress, say, show, show_one

if TYPE_CHECKING:
    from sluice.domain import TuningResult, TuningTrial

app = typer.Typer(no_args_is_help=True)
METRIC = "ndcg@20"


@app.command()
def recommender(
    duration: Annotated[str, typer.Option("--for", help="how long: 10m, 2h; the trial with the present settings may take longer")] = "10m",
    write: Annotated[bool, typer.Option("--write", help="write the better settings into sluice.yaml; comments stay")] = False,
    tensorboard: Annotated[Path | None, typer.Option("--tensorboard", help="write the trials for TensorBoard into this folder")] = None,
    by: NamedOption = "command line",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Try other settings of the recommender's models for some time, and say which are better than the present ones.

    Each trial fits the models without the newest days before the hold-out and measures NDCG@20 on them: the first one with the present settings, those
    after it with values that Optuna proposes from the trials before. A trial that does worse than most others ends early. Nothing is published, the serving
    model stays, and the hold-out is not read.

    Half of the users choose the settings. The other half confirms them: settings are proposed only where they are better there as well, by more than
    chance. What was tried is kept in .sluice/tuning: the next call on the same data goes on where this one ended, as does one after Ctrl-C.

    What is tuned: dimensions and epochs; learning_rate, temperature, negatives and dropout of two_tower; and the settings of als, ease and item_knn where
    `models` names them. `sluice retrain` then trains with the new settings, and compares before anything serves.

    Exit codes: 0 trials were made, whether settings are better or not; 1 a gate is closed; 3 a gate is unknown.

    Example: sluice tune recommender --for 30m --write
    """
    from sluice.app import build
    from sluice.app.tuning import tune_recommender, tuned_text

    budget = parse_span(duration, "--for")
    with build(config) as sluice, progress() as report:
        tuned = tune_recommender(sluice, budget, on_trial=_say_trial, progress=report, log_dir=tensorboard, by=by)
    if tuned.result is None:
        say(render(tuned.reason))
        raise typer.Exit(1 if tuned.closed else 3)
    text, difference = tuned_text(Path(config), tuned.result)
    if tuned.earlier:
        say(ntr("{count} trial was made before, on the same data", "{count} trials were made before, on the same data", tuned.earlier))
    if form is Format.json:
        show_one({**tuned.result.to_card(), "difference": difference}, form, "")
    else:
        show(trial_rows(tuned.result.trials), form)
    for sentence in advice(tuned.result):
        say(sentence)
    offer_difference(Path(config), text, difference, form, write=write)


def trial_rows(trials: Sequence[TuningTrial]) -> list[Mapping[str, object]]:
    """Return a row for each trial, the best first."""
    ordered = sorted(trials, key=lambda trial: (trial.state != "complete", -trial.ndcg))
    return [
        {"trial": trial.number, "state": trial.state, METRIC: round(trial.ndcg, 4), "model": trial.kind, "seconds": round(trial.seconds, 1), **trial.values}
        for trial in ordered
    ]


def advice(result: TuningResult) -> list[str]:
    """Say what was found."""
    chosen, users = result.users
    best, present = result.trial(result.best), result.trial(result.present)
    if not result.changes:
        return [tr("no trial is better than the present settings: NDCG@20 {ndcg:.4f} on {users:,} users", ndcg=present.ndcg, users=chosen)]
    trial, before, after = best.number, result.before, result.after
    if result.confirmed:
        return [
            tr(
                "trial {trial} is better on the {users:,} users who did not choose it: NDCG@20 {after:.4f}, {before:.4f} now",
                trial=trial,
                users=users,
                after=after,
                before=before,
            )
        ]
    return [
        tr(
            "trial {trial} is no better than chance on the {users:,} users who did not choose it: NDCG@20 {after:.4f}, {before:.4f} now",
            trial=trial,
            users=users,
            after=after,
            before=before,
        ),
        tr("nothing is proposed; more trials, or more data, may find better settings"),
    ]


def _say_trial(trial: TuningTrial) -> None:
    values = ", ".join(f"{key} {value:g}" for key, value in trial.values.items())
    say(
        tr(
            "trial {number}: {state}, NDCG@20 {ndcg:.4f}, {seconds:.0f} s; {values}",
            number=trial.number,
            state=word(trial.state),
            ndcg=trial.ndcg,
            seconds=trial.seconds,
            values=values,
        )
    )
