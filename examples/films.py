"""Turns MovieLens 1M (https://grouplens.org/datasets/movielens/1m/) into a folder that Sluice takes: `python examples/films.py ml-1m films`.

`ml-1m` holds users.dat, movies.dat and ratings.dat as they come. The folder `films` gets `landing/` and a copy of films.yaml as its sluice.yaml.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl


def table(path: Path, names: Sequence[str]) -> pl.DataFrame:
    """Read a file of MovieLens, its fields parted by `::`; all as text."""
    lines = pl.Series("line", path.read_text(encoding="latin-1").splitlines())
    return lines.str.split_exact("::", len(names) - 1).struct.rename_fields(names).struct.unnest()


def films(path: Path) -> pl.DataFrame:
    """Return the films; the year is a part of the title there: `Toy Story (1995)`."""
    title = pl.col("title")
    return table(path, ["film", "title", "genres"]).select(
        "film",
        name=title.str.replace(r"\s*\(\d{4}\)$", ""),
        year=title.str.extract(r"\((\d{4})\)$"),
        genres=pl.col("genres").str.replace_all("|", ", ", literal=True),
    )


def ratings(path: Path) -> pl.DataFrame:
    """Return the ratings, in the order of their time."""
    seconds = pl.col("time").cast(pl.Int64)
    table_rows = table(path, ["viewer", "film", "stars", "time"]).with_columns(pl.from_epoch(seconds).dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("rated"))
    return table_rows.sort(seconds, maintain_order=True).select("viewer", "film", "stars", "rated")


def viewers(path: Path) -> pl.DataFrame:
    """Return the viewers; their zip code stays out, as nothing needs it."""
    return table(path, ["viewer", "gender", "age", "occupation", "zip"]).drop("zip")


def write(source: Path, folder: Path) -> None:
    """Write the landing files and sluice.yaml."""
    parts = {"films": films(source / "movies.dat"), "ratings": ratings(source / "ratings.dat"), "viewers": viewers(source / "users.dat")}
    for name, frame in parts.items():
        (folder / "landing" / name).mkdir(parents=True, exist_ok=True)
        frame.write_csv(folder / "landing" / name / f"{name}.csv")
    shutil.copy(Path(__file__).with_name("films.yaml"), folder / "sluice.yaml")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    write(Path(sys.argv[1]), Path(sys.argv[2]))
