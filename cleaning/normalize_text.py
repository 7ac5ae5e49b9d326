"""Normalize text: Unicode form, white space, HTML entities, mojibake, spreadsheet artefacts and null markers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from cleaning.changeable import changeable_cells
from cleaning.damaged_codes import SCIENTIFIC, damaged_codes_verdict
from cleaning.missing_markers import MARKERS, missing_markers
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unparsed_cells
from cleaning.text_steps import Step, collapse_blanks, compose, decode_entities, fix_mojibake, rewrite, unwrap_spreadsheet_text
from cleaning.value_counts import count_column, count_values
from sluice.domain import ROW, Batch, Cleaned, Column, Message, Schema, Verdict
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot
from sluice.rules.value_kinds import Kind, kind_of

_SPREADSHEET = r"^=\"|^'[=+\-@\t\r]"
_SUSPICIOUS = rf"[^\x20-\x7e]|^ | $|  |&#?[0-9a-zA-Z]+;|{_SPREADSHEET}"
_NULL_MARKER = Message.of("null_marker")
_UNWRAP: Step = (Message.of("spreadsheet_artefact"), 0.97, unwrap_spreadsheet_text)
_ENTITIES: Step = (Message.of("html_entities_decoded"), 0.99, decode_entities)


@dataclass(frozen=True)
class NormalizeText:
    """Normalize the text of each cell, as far as the kind of its column allows.

    Of keys and codes, only what a spreadsheet wrote around them is removed; of links, entities are decoded; JSON and lists stay as they
    are. Text with HTML tags keeps its entities, and text of several lines its line breaks. A word for a missing value is
    emptied where the other values of the column show that it is none of them. A code that a spreadsheet wrote as `4.01E+12` has lost
    its digits: it is flagged.

    Attributes:
        schema: Schema of the dataset.
        columns: Text columns to normalize; all by default.
        exclude: Columns to leave as they are.
        null_values: Words for a missing value, in lower case. A cell of a number, a time or a truth value that holds only one of them
            becomes null; in a text column the other values decide.
        unicode_form: Unicode normalization form. NFC composes letters and replaces full-width forms; NFKC also replaces letters and
            signs that mean something else (`½`, `²`, `™`), and is never suggested.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("title"),))
        >>> batch = make_batch(schema, {"title": [" Salt &amp; pepper", "n/a", "Lamp"]})
        >>> cleaned = NormalizeText(schema).clean(batch, [], MemorySnapshot())
        >>> cleaned.batch.rows["title"].to_list()
        ['Salt & pepper', None, 'Lamp']
        >>> from sluice.messages import render
        >>> [render(Message.loads(message)) for message in cleaned.repairs["message"]]
        ['HTML entities decoded; blanks normalized', 'a word for a missing value']
    """

    schema: Schema
    columns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    null_values: tuple[str, ...] = MARKERS
    unicode_form: Literal["NFC", "NFKC"] = "NFC"
    min_confidence: float = 0.8

    def __post_init__(self) -> None:
        """Reject columns that are not declared, are not text, or belong to the key."""
        texts = [column.name for column in self.schema.columns if column.type == "string" and column.name not in self.schema.key]
        wrong = [name for name in self.columns if name not in texts] + [name for name in self.exclude if name not in self.schema.names]
        if wrong:
            raise make_error(InvalidValue, "normalized_columns_unfit", names=tuple(wrong), columns=tuple(texts))

    @property
    def needs(self) -> Needs:
        """Return nothing: what it must know of other rows it asks for."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Normalize every cell; one repair per cell, whose message lists each change."""
        columns = [column for column in self.schema.columns if column.name in batch.rows.columns and column.name not in self.exclude]
        texts = [column.name for column in columns if column.type == "string" and (not self.columns or column.name in self.columns)]
        changeable = changeable_cells(batch.rows, {name: self._pattern(name) for name in texts})
        anywhere = batch.part.total("changeable columns", frozenset(changeable))
        names = [name for name in texts if name in anywhere]
        proposals = [self._normalize_column(batch, name, changeable.get(name)) for name in names]
        if not self.columns:
            proposals += self._empty_null_values(batch.rows, [column for column in columns if column.type != "string"])
        damaged = damaged_codes_verdict(batch, names)
        return replace(apply_proposals(batch, proposals, "normalize_text", self.min_confidence), held=[damaged] if damaged else [])

    def _pattern(self, name: str) -> str:
        """Return a pattern that each cell has which may be changed or flagged: the others of a column are neither counted nor rewritten."""
        if name in self.schema.key:
            return f"{_SPREADSHEET}|{SCIENTIFIC}"
        markers = "|".join(map(pl.escape_regex, self.null_values))
        return f"{_SUSPICIOUS}|{SCIENTIFIC}|^(?i:{markers})$"

    def _normalize_column(self, batch: Batch, name: str, changeable: pl.Series | None) -> Proposal:
        cells = batch.rows.select(ROW, name).clear() if changeable is None else batch.rows.select(ROW, name).filter(changeable)
        is_key = name in self.schema.key
        texts = self._texts_to_change(cells[name].unique(maintain_order=True), is_key=is_key)
        unread = is_key or not batch.part.total(f"texts of {name}", not texts.is_empty())
        counts = count_values(pl.Series(dtype=pl.String)) if unread else count_column(batch, name, batch.rows[name])  # all values tell the kind of a column
        missing, kind = set(missing_markers(name, counts, self.null_values)), kind_of(name, counts)
        batch.part.confirm(f"kind of {name}", (missing, kind))
        steps = (_UNWRAP,) if is_key else self._steps(kind)
        rewritten = [_rewrite(text, steps, missing) for text in texts]
        changed = pl.DataFrame(
            [
                texts.alias(name),
                pl.Series(NEW, [text for text, _, _ in rewritten], dtype=pl.String),
                pl.Series(CONFIDENCE, [confidence for _, confidence, _ in rewritten], dtype=pl.Float64),
                pl.Series(MESSAGE, [message for _, _, message in rewritten], dtype=pl.String),
            ]
        ).filter(~pl.col(NEW).eq_missing(pl.col(name)))
        return Proposal(name, cells.join(changed, on=name, how="inner", maintain_order="left").select(ROW, NEW, CONFIDENCE, MESSAGE))

    def _texts_to_change(self, texts: pl.Series, *, is_key: bool) -> pl.Series:
        """Return the texts that a step would change, or that may stand for a missing value."""
        steps = (_UNWRAP,) if is_key else self._steps("words")
        markers = set() if is_key else set(self.null_values)
        return texts.filter(pl.Series([text.strip().lower() in markers or any(step(text) != text for *_, step in steps) for text in texts], dtype=pl.Boolean))

    def _empty_null_values(self, rows: pl.DataFrame, columns: Sequence[Column]) -> Iterator[Proposal]:
        """Propose null for cells of other types whose text did not cast and is a null marker."""
        unparsed = unparsed_cells(rows).filter(pl.col("text").str.strip_chars().str.to_lowercase().is_in(self.null_values))
        for column in columns if unparsed.height else ():
            null = pl.lit(None, dtype=column.dtype).alias(NEW)
            cells = unparsed.filter(pl.col("column") == column.name)
            yield Proposal(column.name, cells.select(ROW, null, pl.lit(0.9).alias(CONFIDENCE), pl.lit(_NULL_MARKER.dumps()).alias(MESSAGE)))

    def _steps(self, kind: Kind) -> tuple[Step, ...]:
        """Return the steps that fit a kind of column."""
        mojibake: Step = (Message.of("mojibake_decoded"), 0.95, fix_mojibake)
        form: Step = (Message.of("unicode_composed"), 0.99, compose if self.unicode_form == "NFC" else lambda text: unicodedata.normalize("NFKC", text))
        blanks: Step = (Message.of("blanks_normalized"), 0.99, collapse_blanks)
        by_kind: dict[str, tuple[Step, ...]] = {
            "structured": (),
            "code": (_UNWRAP,),
            "link": (_UNWRAP, _ENTITIES),
            "markup": (_UNWRAP, mojibake, form, blanks),
        }
        return by_kind.get(kind, (_UNWRAP, mojibake, _ENTITIES, form, blanks))


def _rewrite(text: str, steps: Sequence[Step], missing: set[str]) -> tuple[str | None, float, str]:
    """Return the new text, its confidence and the message; null where the text stands for a missing value, before or after its other changes."""
    if text in missing:
        return None, 0.9, _NULL_MARKER.dumps()
    new, confidence, messages = rewrite(text, steps)
    return new or None, confidence, Message.join(messages).dumps()
