"""Read the keys under which people are forgotten."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence

from sluice.domain import Message, Suppression
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.keyed_digests import KeyedDigests
from sluice.rules.pseudonyms import MIN_KEY, KeyRing, Pseudonyms

KEY_VARIABLE = "SLUICE_FORGET_KEY"
FORMER_VARIABLE = "SLUICE_FORGET_OLD_KEYS"  # one in a line: a key may hold blanks


def read_pseudonyms(suppressions: Sequence[Suppression]) -> Pseudonyms:
    """Return what computes digests under the present key; arguments and errors as in `read_keys`."""
    return read_keys(suppressions).present


def read_keys(suppressions: Sequence[Suppression]) -> KeyRing:
    """Return what computes digests under the keys of the environment.

    Args:
        suppressions: All records of people whose data were erased, the oldest first.

    Raises:
        UsageError: There is no key, one is too short, or that of a record is not among them.
    """
    ring = _ring(suppressions)
    if {record.key_id for record in suppressions} - {key.key_id for key in ring.keys}:
        raise make_error(UsageError, "forget_key_other", variable=KEY_VARIABLE, former=FORMER_VARIABLE)
    return ring


def keys_at_hand(suppressions: Sequence[Suppression]) -> KeyRing | None:
    """Return what computes digests under the keys of the environment, be they those of the records or not; None where none is set.

    Raises:
        UsageError: A key is too short.
    """
    return _ring(suppressions) if os.environ.get(KEY_VARIABLE, "").strip() else None


def _ring(suppressions: Sequence[Suppression]) -> KeyRing:
    text = os.environ.get(KEY_VARIABLE, "").strip()
    if len(text) < MIN_KEY:
        remedy = Message.of("forget_key_needed") if suppressions else Message.of("forget_key_made", variable=KEY_VARIABLE)
        state = Message.of("forget_key_short", letters=MIN_KEY) if text else Message.of("forget_key_unset")
        raise make_error(UsageError, "forget_key_unfit", variable=KEY_VARIABLE, state=state, remedy=remedy)
    former = [line.strip() for line in os.environ.get(FORMER_VARIABLE, "").splitlines() if line.strip()]
    if any(len(key) < MIN_KEY for key in former):
        state, remedy = Message.of("forget_key_short", letters=MIN_KEY), Message.of("forget_key_needed")
        raise make_error(UsageError, "forget_key_unfit", variable=FORMER_VARIABLE, state=state, remedy=remedy)
    first = suppressions[0].key_id if suppressions else ""
    return KeyRing(Pseudonyms(text, first=first), tuple(Pseudonyms(key, first=first) for key in former))


def read_digests() -> KeyedDigests:
    """Return what computes digests of ids that are remembered: under the keys of the environment, without one where there is none."""
    keys = [os.environ.get(KEY_VARIABLE, ""), *os.environ.get(FORMER_VARIABLE, "").splitlines()]
    return KeyedDigests(tuple(key.strip().encode() for key in keys if len(key.strip()) >= MIN_KEY))


def preview_keys(suppressions: Sequence[Suppression]) -> KeyRing:
    """Return what computes digests for a preview, which needs no key where nobody is forgotten yet.

    Raises:
        UsageError: People are forgotten, and the key is not set, or is another.
    """
    if not suppressions and not os.environ.get(KEY_VARIABLE, "").strip():
        return KeyRing(Pseudonyms(secrets.token_hex(MIN_KEY)))
    return read_keys(suppressions)
