"""Fit detectors from accepted history, when there is enough of it and when it has grown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sluice import rules
from sluice.domain import Artifact, Message, Model, Schema
from sluice.errors import ModelError
from sluice.messages import error_message, make_error
from sluice.ports import IncrementalTrainer, LearningStore, Snapshot, Trainer

KEEP = 3  # versions that can be rolled back to, the champion among them


@dataclass(frozen=True, slots=True)
class Learner:
    """Describe a detector to be trained.

    Attributes:
        name: Name of its registered model.
        min_rows: Fewest rows to learn from.
        incremental: Whether it has a partial fit, for each batch.
        refit: Age at which a full fit is repeated; None: never for its age.
    """

    name: str
    min_rows: int
    incremental: bool = False
    refit: timedelta | None = None


def learn(schema: Schema, learners: Sequence[Learner], trainers: Mapping[str, Trainer], store: LearningStore, *, now: datetime) -> list[Model]:
    """Fit every detector of a dataset that is due, and let the others learn from new batches; return the new champions.

    Args:
        schema: The dataset.
        learners: Its detectors.
        trainers: The same by name, to be called.
        store: Where history is read and models are saved.
        now: Time with which the models are dated.
    """
    snapshot = store.snapshot()
    rows, models = history(schema, snapshot), []
    for learner in learners:
        versions = store.models.versions(learner.name)
        step, reason = rules.next_step(versions, rows, min_rows=learner.min_rows, incremental=learner.incremental, every=learner.refit, now=now)
        trainer = trainers[learner.name]
        try:
            if step == "fit":
                models.append(refit(trainer, store, by="learn", reason=reason, now=now))
            elif step == "partial_fit" and _has_new_runs(versions, schema, snapshot):
                models.append(_continue(trainer, versions, store, snapshot, now))
        except ModelError:  # it needs more rows than it said; its Verdict gives the number
            continue
    return models


def refit(trainer: Trainer, store: LearningStore, *, by: str, reason: Message, now: datetime, request: str = "") -> Model:
    """Fit a detector from its whole history, whether that is due or not; later batches continue from there, after a roll-back too.

    Args:
        trainer: The detector.
        store: Where history is read and models are saved.
        by: Who requests it.
        reason: Why.
        now: Time with which the model is dated.
        request: Id of the request that it carries out. What a worker fitted for it that died before it answered is returned, and nothing is fitted.

    Raises:
        ModelError: There is too little history.
    """
    if fitted := rules.models.version_of(request, store.models.versions(trainer.name)):
        return fitted
    artifact = trainer.train(store.snapshot(), seed=0)
    card = {**artifact.card, **({"request": request} if request else {})}
    model = store.models.save(trainer.name, _with_history(replace(artifact, card=card), now.isoformat(), 0), "champion", at=now, keep=KEEP)
    store.activity.log(who=by, what="fit", subject=f"{trainer.name} {model.version}", reason=reason, at=now)
    return model


def _continue(trainer: Trainer, versions: Sequence[Model], store: LearningStore, snapshot: Snapshot, now: datetime) -> Model:
    """Return the version after a partial fit; after a full fit where none can be made, as from a model that another version wrote."""
    try:
        return _partial_fit(trainer, versions, store, snapshot, now)
    except ModelError as error:
        return refit(trainer, store, by="learn", reason=Message.of("fit_instead_of_partial", error=error_message(error)), now=now)


def _partial_fit(trainer: Trainer, versions: Sequence[Model], store: LearningStore, snapshot: Snapshot, now: datetime) -> Model:
    serving, card = snapshot.model(trainer.name), _champion_card(versions)
    if serving is None or not isinstance(trainer, IncrementalTrainer):
        raise make_error(ModelError, "no_model_to_continue", model=trainer.name)
    artifact = _with_history(trainer.partial_fit(serving, snapshot, seed=0), card.get("fitted"), int(str(card.get("updates", 0))) + 1)
    return store.models.save(trainer.name, artifact, "champion", at=now, keep=KEEP)


def _has_new_runs(versions: Sequence[Model], schema: Schema, snapshot: Snapshot) -> bool:
    """Return True where there is a run that the champion has not learned from."""
    learned_from = _champion_card(versions).get("seen", ())
    runs = [run for run in snapshot.runs(schema.dataset) if run.adds_rows]
    return any(run.id not in learned_from for run in runs) if isinstance(learned_from, Sequence) else True


def _champion_card(versions: Sequence[Model]) -> Mapping[str, object]:
    return next((model.card for model in versions if model.state == "champion"), {})


def _with_history(artifact: Artifact, fitted: object, updates: int) -> Artifact:
    """Return an artifact whose card gives the time of the last full fit, and the number of partial fits since."""
    full_fit = {"fitted": fitted} if fitted else {}
    return replace(artifact, card={**artifact.card, **full_fit, "updates": updates})


def history(schema: Schema, snapshot: Snapshot) -> int:
    """Return the number of published rows to learn from."""
    runs = [run for run in snapshot.runs(schema.dataset) if run.adds_rows]
    return (runs[-1].good if runs else 0) if schema.mode == "snapshot" else sum(run.good for run in runs)
