"""Chain the entries of the activity log by their digests, and check the chain.

A digest covers the commitments to the texts of an entry, not the texts: a text can be erased, with the salt of its commitment, and the chain stays valid.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC

from sluice.domain import EMPTY, LogCheck, LogEntry, LogText, Message

_KEY_ID = b"id of a key of the activity log"


def commit(text: str, salt: str) -> LogText:
    """Return a text with the commitment to it.

    Example:
        >>> committed = commit("rows were rejected", "9f0c")
        >>> committed.digest == commit("rows were rejected", "9f0c").digest != commit("rows were rejected", "9f0d").digest
        True
    """
    return LogText(text, salt, hashlib.sha256(f"{salt}\n{text}".encode("utf-8", "surrogatepass")).hexdigest())


def key_id(key: str) -> str:
    """Return what names a key and does not tell it; empty without a key."""
    return hmac.new(key.encode(), _KEY_ID, hashlib.sha256).hexdigest()[:12] if key else ""


def chain(entry: LogEntry, previous: str, key: str) -> LogEntry:
    """Return an entry as the link after the one with the digest `previous`: its digest is HMAC-SHA256 under a key, and SHA-256 without one."""
    named = replace(entry, key_id=key_id(key))
    return replace(named, digest=_digest(named, previous, key))


def check_chain(entries: Iterable[LogEntry], keys: Sequence[str], written: int) -> LogCheck:
    """Check a chain from its first entry on, up to the first that is wrong.

    Args:
        entries: The entries by their numbers.
        keys: The keys that entries may have been written with.
        written: Number of the newest entry that was written.
    """
    named = {key_id(key): key for key in keys if key}
    checked, erasures = LogCheck(), 0
    for entry in entries:
        if problem := _problem(entry, checked, named):
            return replace(checked, broken=min(entry.number, checked.entries + 1), problem=problem)
        checked = replace(
            checked,
            entries=entry.number,
            erased=checked.erased + sum(not text.salt for text in entry.texts),
            unkeyed=checked.unkeyed + (not entry.key_id),
            digest=entry.digest,
        )
        erasures += entry.erased
    return replace(checked, problem=_problem_of_all(checked, written, erasures))


def _problem(entry: LogEntry, before: LogCheck, keys: Mapping[str, str]) -> Message:
    """Return what is wrong with an entry after those that were checked; an empty message where it is right."""
    if entry.number != before.entries + 1:
        return Message.of("log_missing", entry=before.entries + 1)
    if entry.key_id and entry.key_id not in keys:
        return Message.of("log_key_unknown", entry=entry.number)
    if not entry.key_id and before.unkeyed < before.entries:
        return Message.of("log_unkeyed", entry=entry.number)
    if not hmac.compare_digest(entry.digest, _digest(entry, before.digest, keys.get(entry.key_id, ""))):
        return Message.of("log_changed", entry=entry.number)
    if any(text.salt and commit(text.text, text.salt).digest != text.digest for text in entry.texts):
        return Message.of("log_text_changed", entry=entry.number)
    return EMPTY


def _problem_of_all(checked: LogCheck, written: int, erasures: int) -> Message:
    """Return what is wrong with the chain as a whole: its end is missing, or texts were replaced without an erasure on record."""
    if checked.entries < written:
        return Message.of("log_missing", entry=checked.entries + 1)
    if checked.erased != erasures:
        return Message.of("log_erased", texts=checked.erased, recorded=erasures)
    return EMPTY


def _digest(entry: LogEntry, previous: str, key: str) -> str:
    at = entry.at.astimezone(UTC).isoformat()
    facts = [entry.number, previous, at, entry.who, entry.what, [text.digest for text in entry.texts], entry.erased, entry.key_id]
    content = json.dumps(facts).encode()
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest() if key else hashlib.sha256(content).hexdigest()
