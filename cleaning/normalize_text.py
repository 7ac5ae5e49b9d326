"""Normalize text: Unicode form, white space, HTML entities, mojibake and null markers."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
from ftfy import fix_encoding
from ftfy.badness import is_bad

from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unparsed_cells
from sluice.domain import ROW, Batch, Cleaned, Column, Schema, Verdict
from sluice.ports import Snapshot

NULL_VALUES = ("", "n/a", "#n/a", "null", "none", "nan", "-", "--", "无")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")  # a bare & stays: it separates the parameters of a URL
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")  # no width, no meaning; joiners stay, since scripts and emoji need them
_MAX_ROUNDS = 8
_SUSPICIOUS = r"[^\x20-\x7e]|^ | $|  |&#?[0-9a-zA-Z]+;"
_NULL_MESSAGE = "a null marker"


@dataclass(frozen=True)
class NormalizeText:
    """Normalize the text of each cell; the columns of the key are never changed.

    Attributes:
        schema: Schema of the dataset.
        columns: Text columns to normalize; all but those of the key by default.
        exclude: Columns to leave as they are.
        null_values: Words for a missing value, in lower case. A cell of any column that holds only one of them becomes null.
        unicode_form: Unicode normalization form. NFKC replaces full-width letters and ligatures by plain ones; NFC only composes.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("title"),))
        >>> batch = make_batch(schema, {"title": [" Salt &amp; pepper", "n/a", "Lamp"]})
        >>> cleaned = NormalizeText(schema).clean(batch, [], MemorySnapshot())
        >>> cleaned.batch.rows["title"].to_list()
        ['Salt & pepper', None, 'Lamp']
        >>> cleaned.repairs["message"].to_list()
        ['HTML entities, white space', 'a null marker']
    """

    schema: Schema
    columns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    null_values: tuple[str, ...] = NULL_VALUES
    unicode_form: Literal["NFC", "NFKC"] = "NFKC"
    min_confidence: float = 0.8

    def __post_init__(self) -> None:
        """Reject columns that are not declared, are not text, or belong to the key."""
        texts = [column.name for column in self.schema.columns if column.type == "string" and column.name not in self.schema.key]
        wrong = [name for name in self.columns if name not in texts] + [name for name in self.exclude if name not in self.schema.names]
        if wrong:
            raise ValueError(f"columns and exclude must name declared text columns outside the key; {', '.join(wrong)} is not one of {', '.join(texts)}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Normalize every cell; one repair per cell, whose message lists each change."""
        excluded = {*self.schema.key, *self.exclude}
        columns = [column for column in self.schema.columns if column.name in batch.rows.columns and column.name not in excluded]
        texts = [column.name for column in columns if column.type == "string" and (not self.columns or column.name in self.columns)]
        proposals = [self._normalize_column(batch.rows, name) for name in texts]
        if not self.columns:
            proposals += self._empty_null_values(batch.rows, [column for column in columns if column.type != "string"])
        return apply_proposals(batch, proposals, "normalize_text", self.min_confidence)

    def _normalize_column(self, rows: pl.DataFrame, name: str) -> Proposal:
        cell = pl.col(name)
        suspicious = cell.str.contains(_SUSPICIOUS) | cell.str.to_lowercase().is_in(self.null_values)
        distinct = rows.select(cell).filter(suspicious).unique(maintain_order=True)
        normalized = [self._normalize(text) for text in distinct[name]]
        changed = distinct.with_columns(
            pl.Series(NEW, [text for text, _, _ in normalized], dtype=pl.String),
            pl.Series(CONFIDENCE, [confidence for _, confidence, _ in normalized], dtype=pl.Float64),
            pl.Series(MESSAGE, [message for _, _, message in normalized], dtype=pl.String),
        ).filter(~pl.col(NEW).eq_missing(cell))
        return Proposal(name, rows.select(ROW, cell).join(changed, on=name, how="inner", maintain_order="left").select(ROW, NEW, CONFIDENCE, MESSAGE))

    def _empty_null_values(self, rows: pl.DataFrame, columns: Sequence[Column]) -> Iterator[Proposal]:
        """Propose null for cells of other types whose text did not cast and is a null marker."""
        unparsed = unparsed_cells(rows).filter(pl.col("text").str.strip_chars().str.to_lowercase().is_in(self.null_values))
        for column in columns if unparsed.height else ():
            null = pl.lit(None, dtype=column.dtype).alias(NEW)
            cells = unparsed.filter(pl.col("column") == column.name)
            yield Proposal(column.name, cells.select(ROW, null, pl.lit(0.9).alias(CONFIDENCE), pl.lit(_NULL_MESSAGE).alias(MESSAGE)))

    def _normalize(self, text: str) -> tuple[str | None, float, str]:
        """Return the normalized text, its confidence and the changes; repeats the steps, since one change can reveal another defect."""
        changes: dict[str, float] = {}
        for _ in range(_MAX_ROUNDS):
            before = text
            for name, confidence, step in self._steps:
                after = step(text)
                if after != text:
                    changes[name] = confidence
                text = after
            if text == before:
                break
        if text.lower() in self.null_values:
            return None, min([0.9, *changes.values()]), ", ".join([*changes, _NULL_MESSAGE])
        return text, min(changes.values(), default=1.0), ", ".join(changes)

    @property
    def _steps(self) -> tuple[tuple[str, float, Callable[[str], str]], ...]:
        return (
            ("mojibake", 0.95, _fix_mojibake),
            ("HTML entities", 0.99, _unescape_html),
            ("Unicode form", 0.99, lambda text: unicodedata.normalize(self.unicode_form, text)),
            ("white space", 0.99, _collapse_white_space),
        )


def _fix_mojibake(text: str) -> str:
    return fix_encoding(text) if not text.isascii() and is_bad(text) else text


def _unescape_html(text: str) -> str:
    def unescape(match: re.Match[str]) -> str:
        character = html.unescape(match[0])
        return match[0] if "\ufffd" in character else character

    return _ENTITY.sub(unescape, text)


def _collapse_white_space(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())
