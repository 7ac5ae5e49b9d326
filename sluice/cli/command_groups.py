"""List the commands of `sluice --help` by what a person wants to do."""

from __future__ import annotations

from collections.abc import Sequence

from typer._click import Context  # typer carries its own click
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup

GROUPS: Sequence[tuple[str, Sequence[str]]] = (
    ("Begin", ["demo", "init", "run", "today", "serve", "doctor"]),
    ("Check data", ["check", "clean", "suggest", "audit", "backfill", "rebuild", "guarded", "profile", "scores", "detectors", "dbt", "schema"]),
    ("Decide", ["quarantine", "incidents", "repairs", "undo", "find", "explain", "rejects", "values", "label", "match", "proposals", "gate", "override"]),
    ("Train and recommend", ["retrain", "recommend", "similar", "search", "models", "tune", "cost-curve"]),
    ("Operate", ["runs", "jobs", "schedule", "alerts", "apply", "config", "db", "api", "mcp", "compact", "vacuum"]),
    ("Protect people", ["forget", "find-value", "erase-value", "verify-log"]),
)
_LONGEST = 160  # letters of a command's first sentence


class GroupedCommands(TyperGroup):
    """List commands in groups, each with its first sentence."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the groups that have a command; commands of no group stand at the end."""
        grouped = {name for _, names in GROUPS for name in names}
        others = tuple(name for name in self.list_commands(ctx) if name not in grouped)
        for heading, names in (*GROUPS, ("Commands", others)):
            rows = [(name, command.get_short_help_str(_LONGEST)) for name in names if (command := self.get_command(ctx, name)) and not command.hidden]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)
