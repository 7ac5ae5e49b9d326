"""Run the command `sluice`: results go to stdout, all else to stderr.

Exit codes: 0 fine; 1 a batch was blocked, an audit or check failed, or the gate is closed; 2 wrong usage or configuration;
3 unknown, not evaluated or broken; 4 done, but a notification was not delivered.

Each command imports what it needs when it is called, so that `sluice --help` and `sluice --version` load nothing heavy.
"""

from __future__ import annotations

from sluice.cli.main import app, main

__all__ = ["app", "main"]
