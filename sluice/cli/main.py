"""Put the commands together, and turn every error into one line and an exit code."""

from __future__ import annotations

import copy
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from typer._click import Command  # typer carries its own click
from typer._click.exceptions import ClickException, MissingParameter
from typer.main import get_command_name
from typer.models import CommandInfo

from sluice import __version__
from sluice.cli import (
    activity_log,
    alerts,
    api,
    backfill,
    clean,
    configuration,
    cost_curve,
    dbt,
    demo,
    detectors,
    find,
    forget,
    gate,
    guarded,
    incidents,
    init,
    jobs,
    label,
    match,
    mcp,
    models,
    ops,
    profile,
    proposals,
    quarantine,
    quarantine_sheets,
    rebuild,
    recommend,
    rejects,
    repairs,
    run,
    runs,
    schedule,
    schema,
    scores,
    spellings,
    suggest,
    today,
    tune,
    undo,
    values,
)
from sluice.cli.command_groups import GroupedCommands
from sluice.cli.encodings import escape_what_is_not_encodable, escaped, has_chinese, is_text
from sluice.cli.language import ENGLISH, choose_language, error_text, speak, spoken, tr, writes_json
from sluice.cli.missing_dataset import config_path, datasets_line
from sluice.cli.terminal_text import visible
from sluice.errors import Panicked, SluiceError, UsageError, panics_as_errors

HELP = """The quality gate between a shop's data and the models that learn from it.

Start with `sluice demo`, or with `sluice init FOLDER` on your own data.
"""

app = typer.Typer(
    name="sluice",
    cls=GroupedCommands,
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    demo,
    init,
    suggest,
    rebuild,
    backfill,
    clean,
    run,
    today,
    profile,
    scores,
    undo,
    find,
    rejects,
    gate,
    guarded,
    models,
    recommend,
    cost_curve,
    detectors,
    schema,
    api,
    mcp,
    ops,
    values,
    forget,
    spellings,
    label,
    match,
):
    app.registered_commands += module.app.registered_commands
quarantine.app.registered_commands += quarantine_sheets.app.registered_commands
app.registered_commands += [*activity_log.app.registered_commands, *schedule.app.registered_commands]
app.add_typer(runs.app, name="runs", help="Batches, releases and audits, and how long each stage of them took.")
app.add_typer(jobs.app, name="jobs", help="Jobs that run now, and how to cancel one.")
app.add_typer(quarantine.app, name="quarantine", help="Held rows, and decisions on them.")
app.add_typer(incidents.app, name="incidents", help="Rules that keep failing, and what people do about them.")
app.add_typer(alerts.app, name="alerts", help="Who was told what, and the addresses.")
app.add_typer(proposals.app, name="proposals", help="What a language model proposes, and decisions on it.")
app.add_typer(repairs.app, name="repairs", help="Repaired cells, and how to undo a repair.")
app.add_typer(dbt.app, name="dbt", help="Tests of a dbt project as rules, and their results.")
app.add_typer(detectors.detectors, name="detectors")
app.add_typer(models.models, name="models", help="Registered models and their versions.")
app.add_typer(tune.app, name="tune", help="Settings of models, tried on validation data.")
app.registered_commands += configuration.app.registered_commands
app.add_typer(configuration.versions, name="config", help="Versions of the configuration: who changed it, why, and the way back.")
app.add_typer(ops.db, name="db", help="The database of records.")


def _version(value: bool) -> None:
    if value:
        typer.echo(f"sluice {__version__}")
        raise typer.Exit


VersionOption = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")]


@app.callback()
def _root(version: VersionOption = False) -> None:
    pass


def main() -> None:
    """Run the command line and exit with one of the codes that `sluice.cli` lists."""
    escape_what_is_not_encodable((sys.stdout, sys.stderr))
    try:
        with panics_as_errors():
            code = outcome(sys.argv[1:])
    except Panicked as error:
        typer.echo(visible(f"sluice: {error_text(error)}"), err=True)
        code = 3
    except UnicodeEncodeError:
        code = _unreadable_argument(sys.argv[1:])
    except Exception:  # noqa: BLE001  # a bug; by itself Python would exit with 1, which means a blocked batch
        traceback.print_exc()
        code = 3
    gc.freeze()  # memory goes back to the system as a whole; the collections at exit would take a quarter of a short command's time
    sys.exit(code)


def _unreadable_argument(arguments: Sequence[str]) -> int:
    """Name the argument whose bytes are no text, which ended a command, and return the exit code; any other reason is a bug."""
    unread = next((argument for argument in arguments if not is_text(argument)), None)
    if unread is None:
        traceback.print_exc()
        return 3
    text = tr("{argument} is not text in the encoding of this terminal; a locale in UTF-8 has all characters", argument=escaped(unread, "utf-8"))
    typer.echo(visible(f"sluice: {text}"), err=True)
    return UsageError.exit_code


def build_command(arguments: Sequence[str]) -> Command:
    """Build the command that the arguments name alone, else all commands: building all takes a short command a twentieth of its time.

    Args:
        arguments: The command line, without the name of the program.
    """
    name = arguments[0] if arguments else None
    part = copy.copy(app)
    part.registered_commands = [command for command in app.registered_commands if _name_of(command) == name]
    part.registered_groups = [group for group in app.registered_groups if group.name == name]
    return typer.main.get_command(part if part.registered_commands or part.registered_groups else app)


def _name_of(command: CommandInfo) -> str | None:
    return command.name or (get_command_name(command.callback.__name__) if command.callback else None)


def _translated(command: Command) -> Command:
    """Return a command with its texts in the chosen language; English ones are those of the code, and load nothing."""
    if spoken() != ENGLISH:
        from sluice.cli.help_text import translate_help

        translate_help(command)
    return command


def _configuration(arguments: Sequence[str]) -> str:
    """Return the text of sluice.yaml; empty where there is none that can be read."""
    try:
        return config_path(arguments).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def outcome(arguments: list[str]) -> int:
    """Run a command line in the language of its configuration or of the environment, as far as it can be written there, and return its exit code."""
    speak(ENGLISH if writes_json(arguments) or not has_chinese((sys.stdout, sys.stderr)) else choose_language(_configuration(arguments), os.environ))
    try:
        code = _translated(build_command(arguments)).main(arguments, prog_name="sluice", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except ClickException as error:
        if spoken() == ENGLISH:
            error.show()
        else:
            from sluice.cli.help_text import usage_mistake

            typer.echo(usage_mistake(error), err=True)
        if isinstance(error, MissingParameter) and error.param is not None and error.param.name == "dataset" and (line := datasets_line(arguments)):
            typer.echo(line, err=True)
        return error.exit_code
    except SluiceError as error:
        typer.echo(visible(f"sluice: {error_text(error)}"), err=True)
        return error.exit_code
    except ModuleNotFoundError as error:
        from sluice.messages import missing_extra

        missing = missing_extra(error)
        if missing is None:
            raise
        typer.echo(f"sluice: {error_text(missing)}", err=True)
        return missing.exit_code
    except BrokenPipeError:
        return 0
    return code if isinstance(code, int) else 0
