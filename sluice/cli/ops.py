"""Keep an installation running: serve, doctor, compact, vacuum, db upgrade."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, render, tr, word
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.app.doctor import Finding

app = typer.Typer()
db = typer.Typer(no_args_is_help=True)


@app.command()
def serve(config: ConfigOption = "sluice.yaml") -> None:
    """Run the schedule (ingest, audit, retrain), carry out requests, show the dashboard and serve the HTTP API, until Ctrl-C.

    The dashboard listens on 127.0.0.1, port 8501, unless sluice.yaml says otherwise: `dashboard: {host: 127.0.0.1, port: 8502}`. The HTTP API is served
    where sluice.yaml has the key `api`, such as `api: {port: 8600}`.
    """
    from sluice.app import build
    from sluice.cli import daemon
    from sluice.sources.settling import Settling
    from sluice.wiring import clock

    upgrade_if_needed(Path(config))
    with build(config, settling=Settling(clock.wall, daemon.SETTLING_TIME)) as sluice:
        daemon.serve(sluice, say=say)


@app.command()
def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="read every file of the lake that a published run needs, and compare size and SHA-256")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Check configuration, database, migrations, lake, clock, models, disk and the last heartbeat.

    With `--deep` it names each file of the lake that is gone, cut or altered, with its table and the run that needs it, and each damaged commit of a table.

    Exit codes: 0 everything works, warnings among it, such as files that no dataset takes or that could not be read; 3 something is broken.
    """
    from sluice.app.doctor import examine

    findings = examine(Path(config), deep=deep)
    show(map(_describe, findings), form)
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(3)


def _describe(finding: Finding) -> Mapping[str, object]:
    subject = tr("files of {dataset}", dataset=finding.dataset) if finding.dataset else word(finding.subject)
    return {"what": subject, "state": word(finding.state), "found": finding.message}


@app.command()
def compact(
    dataset: Annotated[str | None, typer.Argument(help="name of a dataset; all unless given")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Merge small files of the lake into larger ones, as `sluice run` does by itself once there are many.

    No row changes, and every published version stays readable, from the files that it had. A dataset that a worker is busy with is refused.
    """
    from sluice.app import build

    with build(config) as sluice:
        names = list(sluice.config.datasets) if dataset is None else [sluice.require_dataset(dataset)]
        files = {name: sluice.store.compact(name) for name in names}
    rows = [{"dataset": name, "table": table, "files": count} for name, counts in files.items() for table, count in counts.items() if count]
    show(rows, form, empty="no table has two small files")
    if rows and form is Format.table:
        say("merged")


@app.command()
def vacuum(
    dataset: Annotated[str | None, typer.Argument(help="name of a dataset; all unless given")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="count what would go, and delete nothing")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Delete what is older than `retention` in sluice.yaml says, and files of the lake that nothing needs, such as those of a worker that was killed.

    `sluice serve` does so once a day (`schedule: {vacuum: ...}`). Published rows, held rows, run records and the activity log stay. A snapshot that is older
    than `retention.history` can be read no longer. A dataset that a worker is busy with is refused.
    """
    from sluice.app import build
    from sluice.app import vacuum as remove

    with build(config) as sluice:
        names = [] if dataset is None else [sluice.require_dataset(dataset)]
        removals = [one for one in remove(sluice, names, dry_run=dry_run) if one.count]
    rows = [{"kind": one.kind, "dataset": one.dataset or None, "place": one.place, "count": one.count} for one in removals]
    show(rows, form, empty="everything is needed")
    if rows and form is Format.table:
        say("nothing was deleted; without --dry-run it is" if dry_run else "deleted")


@db.command()
def upgrade(config: ConfigOption = "sluice.yaml") -> None:
    """Bring the database of records up to the program; does nothing where it is."""
    upgraded = upgrade_if_needed(Path(config))
    say("the database was upgraded" if upgraded else "the database is up to date")


@db.command()
def encrypt(config: ConfigOption = "sluice.yaml") -> None:
    """Write what people wrote into records anew that is not encrypted under SLUICE_ENCRYPTION_KEY: from before there was a key, or under a former one.

    These are notes, reasons and answers of requests, releases, overrides and erasures, right values of corrections, trials of rules, and texts of
    the activity log. Once it ends, SLUICE_ENCRYPTION_OLD_KEYS is needed for them no longer. Without the key, none of it can be read.
    """
    from sluice.app import build
    from sluice.app.values import vault_of
    from sluice.store.sealed_records import seal_records

    with build(config) as sluice:
        if sluice.store.sealing.present is None:
            raise UsageError(tr("SLUICE_ENCRYPTION_KEY is not set; `openssl rand -hex 32` makes a key"))
        count = seal_records(sluice.store.database, sluice.store.sealing)
        vault_of(sluice).overwrite_free_pages()
    say(ntr("{count} cell is written anew", "{count} cells are written anew", count))


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
    import os
    import subprocess

    from dashboard.access.requirements import describe_access, require_guarded
    from dashboard.launch import command
    from sluice.cli.ports import refuse_taken_port
    from sluice.config import load

    where = load(config).dashboard
    require_guarded(where, os.environ)
    refuse_taken_port("dashboard", where, config)
    say("\n" + tr("the dashboard: http://{host}:{port} (Ctrl-C ends it); {access}", host=where.host, port=where.port, access=render(describe_access(where))))
    subprocess.run(command(config.resolve(), where.host, where.port), check=False)  # noqa: S603  # our own command line
