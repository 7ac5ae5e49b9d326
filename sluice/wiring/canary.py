"""Judge the candidate of the recommender that some users get, by what was clicked on."""

from __future__ import annotations

from datetime import datetime

from sluice.config import Config
from sluice.domain import Message, Model, ModelState
from sluice.domain.canary import CanaryDecision
from sluice.errors import ModelError
from sluice.messages import error_message
from sluice.rules.canary import compare_clicks, decide_canary
from sluice.store import SqlStore
from sluice.wiring.exposures import outcomes
from sluice.wiring.recommender import RECOMMENDER


def canary_of(config: Config, store: SqlStore, now: datetime) -> tuple[Model, CanaryDecision] | None:
    """Return the candidate that some users get, and what the clicks until now decide; None where there is none.

    Raises:
        SluiceError: The store does not answer, or the key of pseudonyms is not there.
    """
    settings = config.recommender
    if settings is None or settings.canary is None or settings.exposures is None:
        return None
    canary, versions = settings.canary, store.models.versions(RECOMMENDER)
    candidate = next((model for model in versions if model.state == "blessed"), None)
    champion = next((model for model in versions if model.state == "champion"), None)
    if candidate is None or champion is None:
        return None
    policy, begins = canary.policy(), candidate.at + canary.shadow
    if now < begins:
        return candidate, CanaryDecision("wait", Message.of("canary_in_shadow", until=begins.isoformat(timespec="minutes")))
    evidence = compare_clicks(outcomes(config, store, settings.exposures, begins, now), champion.version, candidate.version)
    return candidate, decide_canary(evidence, policy, now - begins)


def judge_canary(config: Config, store: SqlStore, now: datetime) -> Message | None:
    """Make the candidate champion, or reject it, where the clicks decide; return what was decided, None where nothing was.

    Raises:
        SluiceError: The store does not answer, or the key of pseudonyms is not there.
    """
    judged = canary_of(config, store, now)
    if judged is None or judged[1].verdict == "wait":
        return None
    candidate, decision = judged
    if decision.verdict == "promote":
        decision = _with_bytes(store, candidate, decision)
    state: ModelState = "champion" if decision.verdict == "promote" else "rejected"
    with store.database.transaction():
        model = store.models.finish_canary(RECOMMENDER, candidate.version, state, {"canary": decision.reason.to_json()})
        subject = f"{model.name} {model.version} {model.state}"
        store.activity.log(who="canary", what="retrain", subject=subject, reason=decision.reason, at=now)
    return decision.reason


def _with_bytes(store: SqlStore, candidate: Model, decision: CanaryDecision) -> CanaryDecision:
    """Return the decision; a candidate whose bytes are lost cannot serve."""
    try:
        store.models.load(candidate.name, candidate.version)
    except ModelError as error:
        return CanaryDecision("reject", error_message(error))
    return decision
