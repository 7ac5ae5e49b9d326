"""Brings text into one form: Unicode, white space, HTML entities, mojibake, words for nothing."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
from ftfy import fix_encoding
from ftfy.badness import is_bad

from cleaning.repair import NEW, SURE, WHY, Proposal, mend, texts_of
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot

NOTHING = ("", "n/a", "#n/a", "null", "none", "nan", "-", "--", "无")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")  # a bare & is left alone: it parts the arguments of addresses
_UNSEEN = re.compile("[\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")  # no width, no meaning; joiners are left, since scripts and emoji need them
_ROUNDS = 8
_SUSPICIOUS = r"[^\x20-\x7e]|^ | $|  |&#?[0-9a-zA-Z]+;"


@dataclass(frozen=True)
class NormalizeText:
    """Gives text its plain form, cell by cell; the columns of the key are never touched.

    Attributes:
        schema: The dataset's.
        columns: The text columns that are cleaned; all but the key's unless named.
        exclude: Columns that are left as they are.
        null_values: Words that stand for nothing, in lower case; a cell of any column that holds only one of them becomes null.
        unicode_form: The Unicode form. NFKC makes full-width letters and ligatures plain; NFC only composes.
        min_confidence: Lowest confidence that is applied.
    """

    schema: Schema
    columns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    null_values: tuple[str, ...] = NOTHING
    unicode_form: Literal["NFC", "NFKC"] = "NFKC"
    min_confidence: float = 0.8

    def __post_init__(self) -> None:
        """Refuse columns that are not declared, are not text, or are of the key."""
        texts = [column.name for column in self.schema.columns if column.type == "string" and column.name not in self.schema.key]
        wrong = [name for name in self.columns if name not in texts] + [name for name in self.exclude if name not in self.schema.names]
        if wrong:
            raise ValueError(f"columns and exclude must name declared text columns outside the key; {', '.join(wrong)} is not one of {', '.join(texts)}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Normalise every cell; one repair a cell, which says all that was done to it."""
        here = [each for each in self.schema.columns if each.name in batch.rows.columns and each.name not in (*self.schema.key, *self.exclude)]
        texts = [each.name for each in here if each.type == "string" and (not self.columns or each.name in self.columns)]
        proposals = [self._text(batch.rows, name) for name in texts]
        if not self.columns:
            uncast = texts_of(batch.rows).filter(pl.col("text").str.strip_chars().str.to_lowercase().is_in(self.null_values))
            others = [each for each in here if each.type != "string"] if uncast.height else []
            proposals += [_emptied(each.name, uncast.filter(pl.col("column") == each.name), each.dtype) for each in others]
        return mend(batch, proposals, "normalize_text", self.min_confidence)

    def _text(self, rows: pl.DataFrame, name: str) -> Proposal:
        cell = pl.col(name)
        suspicious = cell.str.contains(_SUSPICIOUS) | cell.str.to_lowercase().is_in(self.null_values)
        distinct = rows.select(cell).filter(suspicious).unique(maintain_order=True)
        told = [self._read(text) for text in distinct[name]]
        changed = distinct.with_columns(
            pl.Series(NEW, [each[0] for each in told], dtype=pl.String),
            pl.Series(SURE, [each[1] for each in told], dtype=pl.Float64),
            pl.Series(WHY, [each[2] for each in told], dtype=pl.String),
        ).filter(~pl.col(NEW).eq_missing(cell))
        return Proposal(name, rows.select(ROW, cell).join(changed, on=name, how="inner", maintain_order="left").select(ROW, NEW, SURE, WHY))

    def _read(self, text: str) -> tuple[str | None, float, str]:
        """The plain form, how sure it is, and what was done; undoing one fault may lay another bare, so until nothing is left to do."""
        done: dict[str, float] = {}
        for _ in range(_ROUNDS):
            before = text
            for what, sure, step in (
                ("mojibake", 0.95, _decode),
                ("HTML entities", 0.99, _unescape),
                ("Unicode form", 0.99, lambda each: unicodedata.normalize(self.unicode_form, each)),
                ("white space", 0.99, _tidy),
            ):
                after = step(text)
                if after != text:
                    done[what] = sure
                text = after
            if text == before:
                break
        if text.lower() in self.null_values:
            return None, min([0.9, *done.values()]), ", ".join([*done, "a word for nothing"])
        return text, min(done.values(), default=1.0), ", ".join(done)


def _decode(text: str) -> str:
    return fix_encoding(text) if not text.isascii() and is_bad(text) else text


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        plain = html.unescape(match[0])
        return match[0] if "\ufffd" in plain else plain

    return _ENTITY.sub(character, text)


def _tidy(text: str) -> str:
    return " ".join(_UNSEEN.sub("", text).split())


def _emptied(name: str, cells: pl.DataFrame, dtype: pl.DataType) -> Proposal:
    nothing = pl.lit(None, dtype=dtype).alias(NEW)
    return Proposal(name, cells.select(ROW, nothing, pl.lit(0.9).alias(SURE), pl.lit("a word for nothing").alias(WHY)))
