"""Print the JSON Schema of sluice.yaml: `sluice schema`."""

from __future__ import annotations

from pathlib import Path

import typer

app = typer.Typer()
SCHEMA = Path(__file__).parents[1] / "config" / "sluice.schema.json"
EDITOR_SCHEMA = Path(".sluice") / "sluice.schema.json"


@app.command()
def schema() -> None:
    """Print the JSON Schema of sluice.yaml, for editors that complete keys and mark mistakes.

    `sluice init` keeps a copy beside the configuration, and names it in its first line.
    """
    typer.echo(SCHEMA.read_text(encoding="utf-8"), nl=False)


def write_editor_schema(folder: Path) -> str:
    """Copy the schema into a folder's `.sluice`, and return the line of sluice.yaml that names it to editors.

    Args:
        folder: Folder of sluice.yaml.
    """
    path = folder / EDITOR_SCHEMA
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SCHEMA.read_bytes())
    return f"# yaml-language-server: $schema={EDITOR_SCHEMA.as_posix()}\n"
