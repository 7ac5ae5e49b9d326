"""Render messages in a language: English templates by code, and catalogues of other languages in gettext's form (.po).

A new code takes four lines:

1. Where it is said: `Message.of("rows_rejected", rows=3)`. For one message per row of a frame, `message_column("price_off", price=pl.col("price"))` of
   `sluice.domain` gives the column `message`: of evidence (schema EVIDENCE), of a repair's proposal, of a flag.
2. Its English template in the module of its room below `sluice/messages` (`gate`, `jobs`, `checks`, ...): `"rows_rejected": "{rows:,} rows rejected"`. Where
   the sentence depends on a number, `Plural("rows", "1 row rejected", "{rows:,} rows rejected")`.
3. Its Chinese one in `locales/zh/<module>.po`, under `msgctxt "rows_rejected"`, with the English template as `msgid` (and `msgid_plural`).
4. Nothing else: `tests/unit/messages` checks that every code that is used has both, with the same parameters, and that every template is used.

Fields take Python's format specifications (`{share:.1%}`, `{rows:,}`), and more: `{due:time}` for a time in ISO 8601, `{dimension:word}` for a
word that has a translation of its own (`msgctxt "word"`), `{name:phrase}` for a phrase that has one
(`msgctxt "phrase"`), `{name:quoted}` for a text between quotes.
A message in a field is rendered too; a tuple is joined; `{problems:lines}` joins by line
breaks, `{names:either}` by `or`, `{names:both}` by `and`, `{alerts:list}` messages by commas.
A template says what happened, not what is expected.
"""

from __future__ import annotations

from sluice.messages.failures import error_message, make_error, make_problem, missing_extra
from sluice.messages.frames import join_messages, mask_message, mask_reasons, reason_message, split_messages
from sluice.messages.render import as_dict, languages, render, render_for
from sluice.messages.template import Plural

__all__ = [
    "Plural",
    "as_dict",
    "error_message",
    "join_messages",
    "languages",
    "make_error",
    "make_problem",
    "mask_message",
    "mask_reasons",
    "missing_extra",
    "reason_message",
    "render",
    "render_for",
    "split_messages",
]
