"""Write what to send back to a supplier: `sluice rejects`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sluice.cli.language import ntr, tr
from sluice.cli.output import ConfigOption, Format, FormatOption, Language, language_of, show_one
from sluice.errors import UsageError

app = typer.Typer()


@app.command()
def rejects(
    file: Annotated[str, typer.Argument(help="a source file that was read: its path, or its name")],
    to: Annotated[
        Path | None, typer.Option("--to", help="file to write: `.csv`, `.xlsx` or `.parquet`; by default `rejects-FILE` here, in the file's format")
    ] = None,
    language: Annotated[Language | None, typer.Option(help="language of headers and reasons")] = None,
    force: Annotated[bool, typer.Option("--force", help="replace a file of that name")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Write the held and rejected rows of one source file to send them back: the file's own columns, the reason, and the row of the file, from 1.

    The format is that of the file (CSV with its separator and encoding, spreadsheet, Parquet). Personal columns are masked, and no text becomes a formula.
    """
    from sluice.app import build
    from sluice.app.rejects import rejects_of
    from sluice.sheets.rejects import ENDING_OF, ENDINGS, write_rejects
    from sluice.sources.decompression import without_compression

    if to is not None and to.suffix.lower() not in ENDINGS:
        raise UsageError(tr("--to {path}: name a file that ends in {endings}", path=to, endings=", ".join(ENDINGS)))
    with build(config) as sluice:
        rejected = rejects_of(sluice, file, language_of(language))
    plain = Path(without_compression(rejected.file))
    path = to or Path(f"rejects-{plain.stem}{plain.suffix if plain.suffix.lower() in ENDINGS else ENDING_OF.get(rejected.format, plain.suffix)}")
    if path.exists() and not force:
        raise UsageError(tr("{path} exists; choose another name, or --force", path=path))
    written = ENDINGS.get(path.suffix.lower(), rejected.format)
    path.write_bytes(write_rejects(rejected, written))
    encoding = rejected.encoding if written == "csv" else None
    facts = {"file": str(path), "dataset": rejected.dataset, "rows": rejected.rows.height, "encoding": encoding}
    where = f"{path} ({encoding})" if encoding else str(path)
    show_one(
        facts,
        form,
        ntr(
            "{where}: {count} row of {file}, not published",
            "{where}: {count} rows of {file}, not published",
            rejected.rows.height,
            where=where,
            file=rejected.file,
        ),
    )
