"""Let the columns of a table decide for each other how dates and numbers are written, as one program writes them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sluice.domain import CellFormat, Message
from sluice.sources.infer.evidence import Inference


def settle_formats(inferences: Sequence[Inference]) -> list[Inference]:
    """Declare the order of day and month, and a decimal comma, where the values of a column do not say it and other columns agree.

    Example:
        >>> from sluice.domain import Column
        >>> sure = Inference(Column("paid", "date", format="dmy"))
        >>> settle_formats([sure, Inference(Column("sent"), alternative=Column("sent", "date"))])[1].column.format
        'dmy'
    """
    order = _only(inferences, ("dmy", "mdy"))
    comma = any(inference.column.format == "decimal_comma" for inference in inferences)
    return [_settle(inference, order, comma=comma) for inference in inferences]


def _only(inferences: Sequence[Inference], formats: Sequence[CellFormat]) -> CellFormat | None:
    present = {inference.column.format for inference in inferences} & set(formats)
    return present.pop() if len(present) == 1 else None


def _settle(inference: Inference, order: CellFormat | None, *, comma: bool) -> Inference:
    other = inference.alternative
    if other is not None and other.type in {"date", "timestamp"} and order is not None:
        return Inference(replace(other, format=order), Message.of("init_order_of_others"))
    if other is not None and other.format == "decimal_comma" and comma:
        return replace(inference, column=other)
    return inference
