"""Run the command `sluice`: results go to stdout, all else to stderr.

Exit codes: 0 done, also where `sluice run` holds rows or a gate is closed; 1 no row of a batch was published, a file could not be read, an audit or check
failed, a request was refused, or `sluice gate` found the gate closed; 2 wrong usage or configuration; 3 unknown, not evaluated or broken; 4 done, but an
alert was not delivered; 130 interrupted.

Each command imports what it needs when it is called, so that `sluice --help` and `sluice --version` load nothing heavy.
"""

from __future__ import annotations

import gc
import os

gc.set_threshold(200_000)  # imports make so many objects that live on, which the default of 700 would scan again and again
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")  # its search for plugins reads the metadata of every installed package

from sluice.cli.main import app, main  # noqa: E402  # after the setting, which pydantic reads once

__all__ = ["app", "main"]
