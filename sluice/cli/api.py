"""Serve the HTTP API alone."""

from __future__ import annotations

from pathlib import Path

import typer

from sluice.cli.language import render, tr
from sluice.cli.output import ConfigOption, say

app = typer.Typer()


@app.command()
def api(config: ConfigOption = "sluice.yaml") -> None:
    """Answer other systems over HTTP until Ctrl-C: gates, runs, incidents, held rows, and decisions where `api: {write: true}` allows them.

    `sluice serve` serves it too, beside schedule and dashboard, where sluice.yaml has the key `api`. Alone it carries no request out: a running `sluice serve`,
    or the next `sluice run`, does.
    """
    import os

    from sluice.api.access import describe_access, tokens_of
    from sluice.api.server import require_api, serve
    from sluice.cli.ports import refuse_taken_port
    from sluice.config import load

    path = Path(config)
    where = require_api(load(path), path)
    tokens_of(where, os.environ)
    refuse_taken_port("api", where, path)
    say(tr("the HTTP API: http://{host}:{port} (Ctrl-C ends it); {access}", host=where.host, port=where.port, access=render(describe_access(where))))
    serve(path, os.environ)
