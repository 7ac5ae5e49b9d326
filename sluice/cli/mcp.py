"""Serve a shop's state to language models."""

from __future__ import annotations

from pathlib import Path

import typer

from sluice.cli.output import ConfigOption

app = typer.Typer()


@app.command()
def mcp(config: ConfigOption = "sluice.yaml") -> None:
    """Answer a language model over the Model Context Protocol, on standard input and output: gates, runs, incidents, held rows, recommendations.

    An editor or agent starts it: enter `sluice mcp --config /path/of/sluice.yaml` as the command of a server. All tools only read, and personal columns are
    masked.
    """
    from sluice.api.model_tools import serve

    serve(Path(config))
