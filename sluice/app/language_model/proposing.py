"""Ask a language model for proposals of one kind, and keep those that pass the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sluice.app.app import App
from sluice.app.language_model.cells import propose_cells
from sluice.app.language_model.contradictions import find_contradictions
from sluice.app.language_model.results import Result
from sluice.app.language_model.values import propose_values
from sluice.domain import Message, Request
from sluice.errors import UsageError
from sluice.language_model import Asking
from sluice.messages import make_error
from sluice.wiring.language_model import language_model_of

ROWS = 50  # rows that are asked about at once, unless a person says otherwise

KINDS: Mapping[str, Callable[[App, Asking, str, int], Result]] = {
    "cells": propose_cells,
    "values": propose_values,
    "contradictions": find_contradictions,
}
"""What can be asked for, by the word of the command line."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Say what came of asking.

    Attributes:
        new: Proposals that were not made before.
        result: What was asked, answered and left out.
    """

    new: int
    result: Result

    @property
    def message(self) -> Message:
        """Return it in a sentence, and why it ended early, where it did."""
        sentence = Message.of("proposals_made", new=self.new, asked=self.result.count)
        return Message.join([sentence, *([self.result.ended] if self.result.ended else [])])


def propose(app: App, dataset: str, kind: str, rows: int = ROWS) -> Proposed:
    """Ask for proposals about a dataset, and keep the new ones.

    Args:
        app: The application.
        dataset: Name of a configured dataset.
        kind: One of `KINDS`.
        rows: Rows that are asked about at most.

    Raises:
        UsageError: No language model is configured, or there is no such dataset or kind.
    """
    if kind not in KINDS:
        raise make_error(UsageError, "proposal_kind_unknown", kind=kind, kinds=tuple(KINDS))
    result = KINDS[kind](app, language_model_of(app.config, app.store), app.require_dataset(dataset), rows)
    return Proposed(app.store.model_proposals.add(result.proposals), result)


def propose_by_request(app: App, request: Request) -> Message:
    """Ask for proposals, as a person requests; what the server did not answer is said once, in the answer.

    Raises:
        UsageError: No language model is configured.
    """
    return propose(app, request.dataset, request.rule or "cells").message
