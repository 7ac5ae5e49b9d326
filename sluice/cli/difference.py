"""Show a proposed difference of a configuration file, and write it where that is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

from sluice.cli.language import tr
from sluice.cli.output import Format, say


def offer_difference(path: Path, text: str, difference: str, form: Format, *, write: bool) -> None:
    """Print a difference for people, and write the changed text or say how to.

    Args:
        path: The configuration file.
        text: Its text with the changes.
        difference: The changes as a unified difference; empty where there are none.
        form: Form of the output; the difference is printed as text alone.
        write: Whether to write the text.
    """
    from sluice.config.text import replace_text

    if form is Format.table and difference:
        sys.stdout.write(difference + "\n")
    if write and difference:
        replace_text(path, text)
        say(tr("wrote {path}", path=path))
    elif difference:
        say("`--write` writes this; comments and everything else stay as they are")
