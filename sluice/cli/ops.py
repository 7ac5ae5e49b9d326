"""Keeping it running: serve, doctor, db upgrade."""

from __future__ import annotations

import subprocess
from pathlib import Path

import typer

from dashboard.launch import command
from sluice.app import build
from sluice.app.doctor import examine
from sluice.cli.daemon import refuse_taken
from sluice.cli.daemon import serve as serve_all
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show
from sluice.config import load
from sluice.store import database, migrate
from sluice.wiring.stores import create_if_new

app = typer.Typer()
db = typer.Typer(no_args_is_help=True)


@app.command()
def serve(config: ConfigOption = "sluice.yaml") -> None:
    """Run the schedule (ingest, audit, retrain), carry out requests, and show the dashboard, until Ctrl-C.

    The dashboard listens on 127.0.0.1, port 8501, unless sluice.yaml says otherwise: `dashboard: {host: 127.0.0.1, port: 8502}`.
    """
    upgrade_if_needed(Path(config))
    with build(config) as sluice:
        serve_all(sluice, say=say)


@app.command()
def doctor(config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Check configuration, database, migrations, lake, clock, models, disk and the last heartbeat; leaves with 3 where one is broken."""
    findings = examine(Path(config))
    show(({"what": each.what, "state": "fine" if each.fine else "broken", "found": each.found} for each in findings), form)
    if not all(each.fine for each in findings):
        raise typer.Exit(3)


@db.command()
def upgrade(config: ConfigOption = "sluice.yaml") -> None:
    """Bring the database of records up to the program; does nothing where it is."""
    done = upgrade_if_needed(Path(config))
    say("the database was upgraded" if done else "the database is up to date")


def upgrade_if_needed(config: Path) -> bool:
    """Upgrade the configured database; whether there was need."""
    url = load(config).database_url
    create_if_new(url)
    engine = database.connect(url)
    needed = migrate.pending(engine)
    if needed:
        migrate.upgrade(engine)
    return needed


def show_dashboard(config: Path) -> None:
    """Show the dashboard alone, until Ctrl-C."""
    where = load(config).dashboard
    refuse_taken(where, config)
    say(f"\nthe dashboard: http://{where.host}:{where.port} (Ctrl-C ends it)")
    subprocess.run(command(config.resolve(), where.host, where.port), check=False)  # noqa: S603  # our own command line
