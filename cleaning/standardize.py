"""Write values of a known form, such as phone numbers and countries, in their standard form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged
from sluice.domain import ROW, Batch, Cleaned, Message, Schema, Verdict
from sluice.ports import Needs, Snapshot
from sluice.rules.forms import standard_value
from sluice.rules.forms.settings import require_form


@dataclass(frozen=True)
class Standardize:
    """Write the values of a text column in their standard form, such as phone numbers as E.164 and countries as codes of two letters.

    A value that is none of the form stays as it is; `expect_column_values_to_have_form` finds those. A value that is only likely, such as a GTIN whose
    zeros a spreadsheet dropped, is a Candidate.

    Attributes:
        schema: Schema of the dataset.
        column: Column of type string.
        form: `phone` (E.164), `email`, `url`, `country` (two letters), `language` (BCP 47), `gtin` (8, 13 or 14 digits), `isbn` (13 digits), `size`
            (XL, EU 42) or `colour` (English words).
        region: Region of phone numbers without a country code (two letters, such as `DE`).
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("orders", columns=(Column("country"),))
        >>> batch = make_batch(schema, {"country": ["Germany", "FR", "Atlantis"]})
        >>> Standardize(schema, "country", "country").clean(batch, [], MemorySnapshot()).batch.rows["country"].to_list()
        ['DE', 'FR', 'Atlantis']
    """

    schema: Schema
    column: str
    form: str
    region: str | None = None
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Reject a column of no text, and a form that does not exist."""
        require_form(self.schema, self.column, self.form, self.region)

    @property
    def needs(self) -> Needs:
        """Return that each row is cleaned by itself."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Write the values that are another spelling of their standard form."""
        if self.column not in batch.rows.columns:
            return unchanged(batch)
        texts = batch.rows[self.column].drop_nulls().unique()
        pairs = ((text, standard_value(self.form, text, self.region)) for text in texts.sort())
        changed = [(text, value.text, value.confidence) for text, value in pairs if value is not None and value.text != text]
        standard = pl.DataFrame(changed, {self.column: pl.String, NEW: pl.String, CONFIDENCE: pl.Float64}, orient="row")
        cells = batch.rows.select(ROW, self.column).join(standard, on=self.column, how="inner", maintain_order="left")
        message = pl.lit(Message.of("standard_form", form=self.form).dumps()).alias(MESSAGE)
        return apply_proposals(batch, [Proposal(self.column, cells.select(ROW, NEW, CONFIDENCE, message))], "standardize", self.min_confidence)
