"""Ask a language model for proposals, and file what people accept of them."""

from __future__ import annotations

from sluice.app.language_model.deciding import file_accepted
from sluice.app.language_model.proposing import KINDS, ROWS, Proposed, propose, propose_by_request

__all__ = ["KINDS", "ROWS", "Proposed", "file_accepted", "propose", "propose_by_request"]
