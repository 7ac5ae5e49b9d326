"""Judge batches of a window again: `sluice backfill`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import tr
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, progress, say, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.jobs import Backfilled

app = typer.Typer()


@app.command()
def backfill(
    dataset: DatasetArgument,
    first: Annotated[str, typer.Option("--from", help="first day of the window: 2026-03-01")],
    last: Annotated[str, typer.Option("--to", help="last day, which belongs to it")],
    suite: Annotated[str, typer.Option("--suite", help="version that the suite must have, or its beginning; another one is refused")] = "",
    by: ByOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Judge the batches of a window again, by the present suite: published rows that fail a rule are held, held rows that pass every rule are published.

    Nothing is overwritten: each batch gets runs of its own, whose ids have the version of the suite, and earlier snapshots read as before. A batch that this
    version judged last stays as it is, so that the command can be interrupted and repeated. `sluice check --since` says beforehand what would change.
    It raises no incident, since these are about batches as they arrive: `sluice today` names the rules by which it holds rows of the newest batches.

    Published rows keep their repairs, and are judged by the rules about rows; held rows are cleaned and judged by every step, as on a release.
    """
    from sluice.app import build
    from sluice.app.backfill import backfill as carry_out
    from sluice.app.backfill import suite_version

    days = _day(first, "--from"), _day(last, "--to")
    with build(config) as sluice, progress() as report:
        judged = list(carry_out(sluice, dataset, *days, by=by, version=suite, progress=report))
        version = suite_version(sluice, dataset)
    show(map(facts, judged), form, empty="no batch was published in this time")
    if judged and form is Format.table:
        count = sum(one.is_new for one in judged)
        say(
            tr(
                "{new} of {count} batches were judged by version {version} of the suite; it had judged the others before",
                new=count,
                count=len(judged),
                version=version,
            )
        )


def facts(judged: Backfilled) -> Mapping[str, object]:
    """Describe what became of one batch in one row."""
    batch, runs = judged.batch, judged.runs
    revision = next((one for run in reversed(runs) for one in run.revisions if one.run == batch.id), None)
    return {
        "until": batch.at,
        "batch": Path(batch.uri).name or batch.id,
        "now_held": sum(run.bad for run in runs if run.kind == "recheck"),
        "now_published": sum(run.good for run in runs if run.kind == "replay"),
        "recorded_decision": batch.decision,
        "decision": revision.decision if revision else batch.decision,
        "judged": "now" if judged.is_new else "before",
        "runs": [run.id for run in runs],
    }


def _day(text: str, option: str) -> date:
    from sluice.messages import make_error

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise make_error(UsageError, "not_a_day", option=option, text=text) from None
