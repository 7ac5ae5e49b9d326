"""Keep an installation running: serve, doctor, db upgrade."""

from __future__ import annotations

from pathlib import Path

import typer

from sluice.cli.output import ConfigOption, Format, FormatOption, say, show

app = typer.Typer()
db = typer.Typer(no_args_is_help=True)


@app.command()
def serve(config: ConfigOption = "sluice.yaml") -> None:
    """Run the schedule (ingest, audit, retrain), carry out requests, and show the dashboard, until Ctrl-C.

    The dashboard listens on 127.0.0.1, port 8501, unless sluice.yaml says otherwise: `dashboard: {host: 127.0.0.1, port: 8502}`.
    """
    from sluice.app import build
    from sluice.cli import daemon

    upgrade_if_needed(Path(config))
    with build(config, is_complete=daemon.is_settled) as sluice:
        daemon.serve(sluice, say=say)


@app.command()
def doctor(config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Check configuration, database, migrations, lake, clock, models, disk and the last heartbeat.

    Exit codes: 0 everything works, warnings among it, such as files that no dataset takes or that could not be read; 3 something is broken.
    """
    from sluice.app.doctor import examine

    findings = examine(Path(config))
    show(({"what": finding.subject, "state": finding.state, "found": finding.message} for finding in findings), form)
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(3)


@db.command()
def upgrade(config: ConfigOption = "sluice.yaml") -> None:
    """Bring the database of records up to the program; does nothing where it is."""
    upgraded = upgrade_if_needed(Path(config))
    say("the database was upgraded" if upgraded else "the database is up to date")


def upgrade_if_needed(config: Path) -> bool:
    """Upgrade the configured database; return True where it was older than the program."""
    from sluice.config import load
    from sluice.store import database, migrate
    from sluice.wiring.stores import create_if_new

    url = load(config).database_url
    create_if_new(url)
    engine = database.connect(url)
    needed = migrate.pending(engine)
    if needed:
        migrate.upgrade(engine)
    return needed


def show_dashboard(config: Path) -> None:
    """Show the dashboard alone, until Ctrl-C."""
    import subprocess

    from dashboard.launch import command
    from sluice.cli.daemon import refuse_taken_port
    from sluice.config import load

    where = load(config).dashboard
    refuse_taken_port(where, config)
    say(f"\nthe dashboard: http://{where.host}:{where.port} (Ctrl-C ends it)")
    subprocess.run(command(config.resolve(), where.host, where.port), check=False)  # noqa: S603  # our own command line
