"""File what people accept of a language model's proposals, as the requests that their own decisions are: they are carried out and undone as these are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice.app.app import App
from sluice.app.value_mappings import mapping_trial
from sluice.domain import ModelProposal, Request
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.language_model.deciding import accepted_cells, accepted_values, is_acceptable, requests_of


def file_accepted(app: App, proposals: Sequence[ModelProposal], names: Iterator[str], request: Request) -> Sequence[Request]:
    """File the requests that carry proposals out, as a person accepts them, and return them.

    Args:
        app: The application.
        proposals: Proposals for one dataset, which nobody has decided on.
        names: Ids of requests.
        request: Holds dataset, person, reason and time.

    Raises:
        UsageError: One cannot be carried out.
    """
    if failing := next((one for one in proposals if not is_acceptable(one)), None):
        raise make_error(UsageError, "proposal_not_acceptable", proposal=failing.id)
    requests = []
    for filing, part in requests_of(proposals, names, request):
        if filing.kind == "map_values":
            app.store.trials.save(mapping_trial(app, filing.rows[0], filing.dataset, part[0].column, accepted_values(part)))
        filed = app.store.requests.submit(filing, accepted_cells(part))
        app.store.model_proposals.accept(part, filed.id)
        requests.append(filed)
    return requests
