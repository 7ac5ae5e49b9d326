"""Messages of rows: one text in memory, a sentence with its code and parameters where rows are stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sluice.domain import Message
from sluice.domain.message import TEXT, Param
from sluice.messages.render import render


def split_messages(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with their column `message` in English, and its `code` and `params` (JSON) beside it.

    Example:
        >>> import polars as pl
        >>> split_messages(pl.DataFrame({"message": ['{"code": "age_days", "params": {"days": 2}}', "odd"]})).rows()
        [('2.0 days', 'age_days', '{"days": 2}'), ('odd', 'text', '{"text": "odd"}')]
    """
    texts = rows["message"].unique().drop_nulls()
    messages = [Message.loads(text) for text in texts]
    parts = {
        "_text": [render(message) for message in messages],
        "code": [message.code for message in messages],
        "params": [json.dumps(message.to_json()["params"], ensure_ascii=False) for message in messages],
    }
    table = pl.DataFrame({"message": texts, **parts}, schema={"message": pl.String, **dict.fromkeys(parts, pl.String)})
    joined = rows.drop("code", "params", strict=False).join(table, on="message", how="left", maintain_order="left")
    return joined.with_columns(message=pl.col("_text")).drop("_text")


def join_messages(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows whose `message` is one text again; a sentence that was stored without a code stays as it is."""
    if "code" not in rows.collect_schema():
        return rows
    whole = pl.concat_str(pl.lit('{"code": "'), "code", pl.lit('", "params": '), pl.col("params").fill_null("{}"), pl.lit("}"))
    return rows.with_columns(message=pl.when(pl.col("code").is_null() | (pl.col("code") == "text")).then("message").otherwise(whole)).drop("code", "params")


def reason_message(reason: Mapping[str, Any]) -> Message:
    """Return the message of one struct of `_reasons`; what 0.1 wrote is a sentence, or at least the name of the rule."""
    if reason.get("code") in (None, TEXT):
        return Message.text(reason.get("message") or reason.get("name") or "")
    return Message.from_json({"code": reason["code"], "params": json.loads(reason.get("params") or "{}")})


def mask_message(message: Message, names: frozenset[str], mask: str) -> Message:
    """Return a message whose parameters show no cell: all are masked but the names of columns.

    Args:
        message: About a row with a personal cell; a finished sentence stays, since it holds no cell.
        names: Names of the columns.
        mask: Stands for what is hidden.

    Example:
        >>> mask_message(Message.of("price_off", column="price", price="12 Elm Street"), frozenset({"price"}), "***").params["price"]
        '***'
    """

    def hide(param: Param) -> Param:
        if isinstance(param, Message):
            return mask_message(param, names, mask)
        if isinstance(param, tuple):
            return tuple(map(hide, param))
        return param if param is None or param in names else mask

    return message if message.code == TEXT else Message(message.code, {name: hide(param) for name, param in message.params.items()})


def mask_reasons(reasons: Sequence[Mapping[str, Any]] | None, personal: frozenset[str], names: frozenset[str], mask: str) -> list[dict[str, Any]] | None:
    """Return the reasons of one row, with no cell of a personal column in their messages."""
    if reasons is None:
        return None
    masked = []
    for reason in reasons:
        message = reason_message(reason)
        if message.code != TEXT and personal & set(reason.get("columns") or ()):
            hidden = mask_message(message, names, mask)
            reason = {**reason, "message": render(hidden), "params": json.dumps(hidden.to_json()["params"], ensure_ascii=False)}  # noqa: PLW2901
        masked.append(dict(reason))
    return masked
