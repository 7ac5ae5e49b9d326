"""Convert MovieLens 1M to a folder that Sluice reads: `python examples/films.py ml-1m films`.

The folder `ml-1m` holds users.dat, movies.dat and ratings.dat, unchanged. The folder `films` gets `landing/` and a copy of films.yaml as its sluice.yaml.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl


def read_table(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """Read a file of MovieLens, whose fields are separated by `::`; all columns are text."""
    lines = pl.Series("line", path.read_text(encoding="latin-1").splitlines())
    return lines.str.split_exact("::", len(columns) - 1).struct.rename_fields(columns).struct.unnest()


def read_films(path: Path) -> pl.DataFrame:
    """Read the films, and split titles such as `Toy Story (1995)` into name and year."""
    title = pl.col("title")
    return read_table(path, ["film", "title", "genres"]).select(
        "film",
        name=title.str.replace(r"\s*\(\d{4}\)$", ""),
        year=title.str.extract(r"\((\d{4})\)$"),
        genres=pl.col("genres").str.replace_all("|", ", ", literal=True),
    )


def read_ratings(path: Path) -> pl.DataFrame:
    """Read the ratings, sorted by time, with times in ISO 8601."""
    seconds = pl.col("time").cast(pl.Int64)
    ratings = read_table(path, ["viewer", "film", "stars", "time"]).sort(seconds, maintain_order=True)
    return ratings.select("viewer", "film", "stars", rated=pl.from_epoch(seconds).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))


def read_viewers(path: Path) -> pl.DataFrame:
    """Read the viewers without their zip codes, which nothing needs."""
    return read_table(path, ["viewer", "gender", "age", "occupation", "zip"]).drop("zip")


def write_project(source: Path, folder: Path) -> None:
    """Write the landing files and sluice.yaml.

    Args:
        source: Folder with the files of MovieLens 1M.
        folder: Folder to write to.
    """
    tables = {
        "films": read_films(source / "movies.dat"),
        "ratings": read_ratings(source / "ratings.dat"),
        "viewers": read_viewers(source / "users.dat"),
    }
    for name, table in tables.items():
        (folder / "landing" / name).mkdir(parents=True, exist_ok=True)
        table.write_csv(folder / "landing" / name / f"{name}.csv")
    shutil.copy(Path(__file__).with_name("films.yaml"), folder / "sluice.yaml")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    if not Path(sys.argv[1], "movies.dat").is_file():
        raise SystemExit(f"{sys.argv[1]}: holds no movies.dat; name the folder of MovieLens 1M (ml-1m)")
    write_project(Path(sys.argv[1]), Path(sys.argv[2]))
