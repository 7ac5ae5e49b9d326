"""Texts about a language model, its answers and its proposals."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # the setting
    "language_model_secret": "holds no name, password or query; put a secret into an environment variable, and its name into `key`",
    "language_model_timeout": "more than 0s, and at most 1h",
    "language_model_not_configured": "no language model is configured: give its address in sluice.yaml, such as "
    "`language_model: {{url: http://127.0.0.1:11434/v1, model: NAME}}`",
    "language_model_without_key": "the environment variable {variable}, which `language_model.key` names, is empty: put the key of the language model there",
    # why it does not answer
    "language_model_unreachable": "the language model does not answer ({error}); all else works without it",
    "language_model_status": "the language model answers with status {status}; all else works without it",
    "language_model_other_protocol": "the address of the language model answers, and not in the protocol of chat completions: look at `language_model.url`",
    "language_model_malformed": "an answer of the language model did not fit its form {attempts} times, and was left out",
    "language_model_calls_spent": "the {calls:,} calls of today (UTC) are spent; raise `language_model.calls`, or go on tomorrow",
    "language_model_tokens_spent": "of the {tokens:,} tokens of today (UTC) {used:,} are spent, and the question needs about {expected:,}; raise "
    "`language_model.tokens`, or go on tomorrow",
    # proposals
    "proposals_made": "{new:,} new proposals from {asked:,} answers; nothing is changed until a person accepts one",
    "proposal_kind_unknown": "nothing is proposed of the kind {kind}; there is {kinds}",
    "proposal_fits": "all rules pass",
    "proposal_doubted": "all rules pass, and the cleaner {cleaner} would write {text}",
    "proposal_changes_values": "{published:,} published rows change, and {held:,} held ones when they are released",
    "contradiction_holds_nothing": "the row stays published; look at it, and correct it at its source or label it",
    "proposal_unknown": "there is no proposal {proposal} for {dataset}; `sluice proposals list {dataset}` shows them",
    "proposal_decided": "somebody has decided on the proposal {proposal} already",
    "proposal_not_acceptable": "the proposal {proposal} cannot be accepted: its row would still be held, or it changes nothing; refuse it, or correct the row",
    "about_proposal": "{dataset}: proposal {proposal}",
    # rules drafted from prose
    "draft_unfit": "a drafted rule {rule} is left out: {problem}",
    "drafts_unread": Plural(
        "rules", "1 drafted rule is left out: it is none of sluice.yaml", "{rules:,} drafted rules are left out: they are none of sluice.yaml"
    ),
    # doctor
    "doctor_no_language_model": "no server of a large language model is configured (`language_model`); nothing needs one",
    "doctor_language_model": "{model} at {address} answers; today (UTC) {calls:,} of {most_calls:,} calls and {tokens:,} of {most_tokens:,} tokens are used",
    "doctor_language_model_lacks": Plural(
        "offered", "{address} does not offer {model}; it offers 1 other model", "{address} does not offer {model}; it offers {offered:,} other models"
    ),
}
