"""Read the key under which people are forgotten."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence

from sluice.domain import Message, Suppression
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.pseudonyms import MIN_KEY, Pseudonyms

KEY_VARIABLE = "SLUICE_FORGET_KEY"


def read_pseudonyms(suppressions: Sequence[Suppression]) -> Pseudonyms:
    """Return what computes digests under the key of the environment.

    Args:
        suppressions: Records of people whose data were erased, under the same key.

    Raises:
        UsageError: There is no key, it is too short, or it is not that of the records.
    """
    text = os.environ.get(KEY_VARIABLE, "").strip()
    if len(text) < MIN_KEY:
        remedy = Message.of("forget_key_needed") if suppressions else Message.of("forget_key_made", variable=KEY_VARIABLE)
        state = Message.of("forget_key_short", letters=MIN_KEY) if text else Message.of("forget_key_unset")
        raise make_error(UsageError, "forget_key_unfit", variable=KEY_VARIABLE, state=state, remedy=remedy)
    pseudonyms = Pseudonyms(text)
    if any(record.key_id != pseudonyms.key_id for record in suppressions):
        raise make_error(UsageError, "forget_key_other", variable=KEY_VARIABLE)
    return pseudonyms


def preview_pseudonyms(suppressions: Sequence[Suppression]) -> Pseudonyms:
    """Return what computes digests for a preview, which needs no key where nobody is forgotten yet.

    Raises:
        UsageError: People are forgotten, and the key is not set, or is another.
    """
    if not suppressions and not os.environ.get(KEY_VARIABLE, "").strip():
        return Pseudonyms(secrets.token_hex(MIN_KEY))
    return read_pseudonyms(suppressions)
