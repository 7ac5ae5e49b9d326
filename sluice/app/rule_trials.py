"""Try a rule on recorded batches, write it into sluice.yaml once a person accepts it, and take it back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sluice.app.app import App
from sluice.app.backtests import backtest, batch_facts, rule_facts, select_batches
from sluice.app.building import build
from sluice.app.configurations import adopt
from sluice.config.mappings import STEP as MAPPING
from sluice.config.mappings import drop_mapping
from sluice.config.reverse import reverse
from sluice.config.rule_edits import apply_rule
from sluice.config.text import difference, digest_of, read_text, replace_text
from sluice.config.texts import read_texts
from sluice.domain import Backtest, Message, Request, Trial
from sluice.errors import ConfigError, UsageError
from sluice.messages import make_error
from sluice.rules.backtests import beside_present, incidents_begun, summarize_rules


def try_rule(app: App, request: Request) -> Message:
    """Judge the batches of some days by the configuration with the tried rule, and keep what came of it after each; nothing is published.

    They are judged by the present configuration too: what was recorded may come from other rules, or from models of that time.

    Raises:
        UsageError: The configuration was edited meanwhile, or the rule cannot be written into it.
        ConfigError: The rule does not fit.
        Interrupted: The program ends; the trial begins anew at its next start.
    """
    trial = trial_of(app, request)
    text = _edited(app, trial)
    trial = replace(trial, difference=difference(app.path, read_text(app.path), text), done=0, batches=(), rules=())
    app.store.trials.save(trial)
    entries: list[tuple[Backtest, Backtest]] = []
    with open_candidate(app.path, text) as candidate:
        runs = select_batches(candidate, [trial.edit.dataset], timedelta(days=trial.days)).runs
        app.store.trials.save(replace(trial, total=len(runs)))
        _go_on(app, request)
        for present, entry in zip(backtest(app, runs), backtest(candidate, runs), strict=True):
            entries.append((present, beside_present(entry, present)))
            rules = tuple(dict(rule_facts(rule)) for rule in summarize_rules([tried for _, tried in entries]) if rule.is_changed)
            app.store.trials.save(replace(trial, total=len(runs), done=len(entries), batches=tuple(_facts(entries)), rules=rules))
            _go_on(app, request)
    return Message.of("rule_tried", batches=len(runs))


def _go_on(app: App, request: Request) -> None:
    """Pass unless the program ends, or somebody cancelled the request, which is answered then."""
    app.checkpoint()
    present = app.store.requests.get(request.id)
    if present is not None and present.state == "refused":
        raise make_error(UsageError, present.answer.code, **present.answer.params)


def change_rule(app: App, request: Request) -> Message:
    """Write a tried rule into sluice.yaml.

    Raises:
        UsageError: The configuration was edited since the rule was tried.
        ConfigError: The rule does not fit.
    """
    trial = trial_of(app, request)
    done = Message.of("rule_changed", file=app.path.name, rule=trial.edit.name)
    if _is_written(app, trial):  # by a worker that died before it answered
        _record_version(app, request, trial)
        return done
    adopt(app.path, app.store.configurations)
    text = _edited(app, trial)
    if trial.total is None:  # it was not tried
        with open_candidate(app.path, text):
            pass
    changes = difference(app.path, read_text(app.path), text)
    app.store.trials.save(replace(trial, difference=changes))
    replace_text(app.path, _edited(app, trial))  # which looks again: the steps of a candidate take seconds to build
    _record_version(app, request, trial)
    _log(app, request, trial)
    return done


def undo_change_rule(app: App, request: Request) -> Message:
    """Take a rule out of sluice.yaml again, or give it its former settings; other edits since stay.

    Raises:
        UsageError: The lines that were changed read otherwise now.
        ConfigError: The configuration would not be read.
    """
    change = app.store.requests.get(request.rows[0])
    if change is None or (change.kind, change.state, change.dataset) != ("change_rule", "done", request.dataset):
        raise make_error(UsageError, "rule_change_unknown", request=request.rows[0])
    take_out(app, request, change)
    return Message.of("rule_change_undone", file=app.path.name, rule=trial_of(app, change).edit.name)


def take_out(app: App, request: Request, change: Request) -> None:
    """Take what a request wrote into sluice.yaml out of it again.

    Raises:
        UsageError: The lines that were changed read otherwise now.
        ConfigError: The configuration would not be read.
    """
    trial = trial_of(app, change)
    present = read_text(app.path)
    if digest_of(present) == trial.digest:  # as before the change: a worker died before it answered
        _record_version(app, request, trial)
        return
    adopt(app.path, app.store.configurations)
    text = _without(present, trial)
    difference(app.path, present, text)
    replace_text(app.path, text)
    _record_version(app, request, trial)
    _log(app, request, trial)


def _without(text: str, trial: Trial) -> str:
    """Return the text without a change; values that were mapped since stay mapped."""
    try:
        return reverse(text, trial.difference)
    except UsageError:
        if trial.edit.name != MAPPING:
            raise
        return drop_mapping(text, trial.edit)


def trial_of(app: App, request: Request) -> Trial:
    """Return the trial that a request names.

    Raises:
        UsageError: There is none, or it is about another dataset.
    """
    trial = app.store.trials.get(request.rows[0])
    if trial is None or trial.edit.dataset != request.dataset:  # a role is one on the dataset of the request
        raise make_error(UsageError, "trial_unknown", request=request.rows[0])
    return trial


def _edited(app: App, trial: Trial) -> str:
    """Return the text of sluice.yaml with the tried rule, unless the text is another one than that for which it was asked."""
    text = read_text(app.path)
    if digest_of(text) != trial.digest:
        raise make_error(UsageError, "configuration_edited", file=app.path.name)
    return apply_rule(text, trial.edit)


def _is_written(app: App, trial: Trial) -> bool:
    """Return whether sluice.yaml is the text that the trial was asked for, with its change."""
    try:
        return bool(trial.difference) and digest_of(reverse(read_text(app.path), trial.difference)) == trial.digest
    except UsageError:
        return False


@contextmanager
def open_candidate(path: Path, text: str) -> Iterator[App]:
    """Open a configuration that stands beside the present one, where its relative paths begin; every step of it is built.

    Raises:
        ConfigError: It is wrong; mistakes are named by the file that it stands for.
    """
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".try-", suffix=path.suffix) as file:
        file.write(text.encode())
        file.flush()
        with _named(path.name):
            candidate = build(Path(file.name))
        with candidate:
            _validate(candidate, path)
            yield candidate


def _validate(candidate: App, path: Path) -> None:
    with _named(path.name):
        candidate.worker.validate_steps()


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Name the mistakes of a configuration by another file."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(name, error.problems) from None


def _facts(entries: list[tuple[Backtest, Backtest]]) -> Iterator[Mapping[str, object]]:
    """Yield the facts of each batch as JSON knows them, beside what the present configuration makes of it, with the incidents that begin with it."""
    begun = incidents_begun([tried for _, tried in entries])
    for (present, tried), (incidents, before) in zip(entries, begun, strict=True):
        facts = {**batch_facts(tried), "until": tried.run.at.isoformat(), "reasons": [reason.to_json() for reason in tried.reasons]}
        facts |= {"recorded_held": present.held, "recorded_score": present.score, "recorded_decision": present.decision}
        yield {**facts, "run": tried.run.id, "incidents": incidents, "recorded_incidents": before}


def _record_version(app: App, request: Request, trial: Trial) -> None:
    """Record the text of sluice.yaml as the version of who asked, and of who approved it."""
    why = request.note or f"{trial.edit.dataset}: {trial.edit.name}"
    app.store.configurations.record(read_texts(app.path), author=request.by, note=why, approved_by=request.approved_by)


def _log(app: App, request: Request, trial: Trial) -> None:
    subject = Message.of("about_suite", dataset=trial.edit.dataset, rule=trial.edit.name)
    app.store.activity.log(who=request.by, what=request.kind, subject=subject.dumps(), reason=Message.text(request.note), at=app.now())
