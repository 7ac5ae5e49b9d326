"""Add entries to the activity log, each chained to the one before, and check the chain: the only place that writes to it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from sluice.domain import EMPTY, LogCheck, LogEntry, LogText, Message
from sluice.errors import StoreError
from sluice.messages import make_error
from sluice.rules.log_chain import chain, check_chain, commit
from sluice.store.runs import next_number
from sluice.store.sealed_columns import is_unreadable
from sluice.store.sealing import FORMER_VARIABLE
from sluice.store.sealing import KEY_VARIABLE as SEALING_VARIABLE
from sluice.store.tables import ACTIVITY, COUNTERS

KEY_VARIABLE = "SLUICE_LOG_KEY"
_KEYS, _SALT_BYTES = "sluice_log_keys", 16
TEXTS = ("subject", "reason")


def with_log_keys(engine: Engine, keys: str) -> Engine:
    """Return an engine whose transactions chain entries of the log under a key.

    Args:
        engine: The database.
        keys: Keys, separated by blanks: the first one is written with, the others are those of earlier entries; empty: no key.
    """
    return engine.execution_options(**{_KEYS: tuple(re.split(r"[\s,]+", keys.strip())) if keys.strip() else ()})


def log_act(connection: Connection, *, at: datetime, who: str, what: str, subject: Message | str, reason: Message | str = EMPTY, erased: int = 0) -> None:
    """Add an entry, in the transaction of what it is about, and as its last statement: nobody else adds one before the transaction ends.

    Args:
        connection: The transaction.
        at: When it was done.
        who: Who did it.
        what: What was done: a stored word.
        subject: What it is about, as a message or as stored text.
        reason: Why; no cell value, but for what a person writes.
        erased: How many texts of the log the transaction erased.
    """
    number = next_number(connection, "activity")
    previous = connection.execute(select(ACTIVITY.c.digest).where(ACTIVITY.c.number == number - 1)).scalar() or ""
    texts = tuple(commit(_text(text), secrets.token_hex(_SALT_BYTES)) for text in (subject, reason))
    keys = _keys(connection)
    connection.execute(insert(ACTIVITY).values(_to_values(chain(LogEntry(number, at, who, what, texts, erased), previous, keys[0] if keys else ""))))


def verify(connection: Connection) -> LogCheck:
    """Check the whole chain; entries from before it are counted."""
    unchained = connection.execute(select(func.count()).where(ACTIVITY.c.number.is_(None))).scalar_one()
    written = connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == "activity")).scalar() or 0
    return replace(check_chain(_entries(connection), _keys(connection), written), unchained=int(unchained))


def digest_of(connection: Connection, number: int) -> str:
    """Return the digest of an entry; empty where there is none of that number."""
    return str(connection.execute(select(ACTIVITY.c.digest).where(ACTIVITY.c.number == number)).scalar() or "")


def without_salts(connection: Connection, entry: int, texts: Mapping[str, object]) -> tuple[dict[str, object], int]:
    """Return what an erasure writes: the new texts, without the salts of their commitments, and how many of them had one.

    Args:
        connection: The transaction.
        entry: Id of the entry.
        texts: New texts, by column.
    """
    row = connection.execute(select(ACTIVITY).where(ACTIVITY.c.id == entry)).mappings().one()
    salted = [name for name in texts if row[f"{name}_salt"]]
    return {**texts, **{f"{name}_salt": "" for name in salted}}, len(salted)


def _entries(connection: Connection) -> Iterator[LogEntry]:
    query = select(ACTIVITY).where(ACTIVITY.c.number.is_not(None)).order_by(ACTIVITY.c.number)
    for row in connection.execution_options(yield_per=1000).execute(query).mappings():
        yield _to_entry(row)


def _keys(connection: Connection) -> Sequence[str]:
    return tuple(connection.get_execution_options().get(_KEYS, ()))


def _text(message: Message | str) -> str:
    return message.dumps() if isinstance(message, Message) else message


def _to_values(entry: LogEntry) -> dict[str, object]:
    facts = {name: getattr(entry, name) for name in ("number", "at", "who", "what", "erased", "key_id", "digest")}
    columns = {f"{name}{suffix}": part for name, text in zip(TEXTS, entry.texts, strict=True) for suffix, part in _columns_of(text).items()}
    return {**facts, **columns}


def _columns_of(text: LogText) -> dict[str, str]:
    return {"": text.text, "_salt": text.salt, "_digest": text.digest}


def _to_entry(row: RowMapping) -> LogEntry:
    texts = tuple(LogText(row[name], row[f"{name}_salt"], row[f"{name}_digest"]) for name in TEXTS)
    if any(is_unreadable(one.text) for one in texts):  # its digest cannot be compared
        raise make_error(StoreError, "log_text_unreadable", entry=row["number"], variable=SEALING_VARIABLE, former=FORMER_VARIABLE)
    return LogEntry(row["number"], row["at"], row["who"], row["what"], texts, row["erased"], row["key_id"], row["digest"])
