"""Add entries to the activity log: the only place that writes to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from sluice.domain import EMPTY, Message
from sluice.store.tables import ACTIVITY


def log_act(connection: Connection, *, at: datetime, who: str, what: str, subject: Message | str, reason: Message | str = EMPTY) -> None:
    """Add an entry, in the transaction of what it is about, and as its last statement: nobody else adds one before the transaction ends.

    Args:
        connection: The transaction.
        at: When it was done.
        who: Who did it.
        what: What was done: a stored word.
        subject: What it is about, as a message or as stored text.
        reason: Why; no cell value, but for what a person writes.
    """
    texts = {"subject": _text(subject), "reason": _text(reason)}
    connection.execute(insert(ACTIVITY).values(at=at, who=who, what=what, **texts))


def _text(message: Message | str) -> str:
    return message.dumps() if isinstance(message, Message) else message
