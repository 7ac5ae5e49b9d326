"""Land public sets of shops' behaviour as a catalog and a log of events, where they are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.first_contact import calendar, words

BEHAVIOUR = Path(__file__).parents[3] / "shared/data/behaviour"
OFFICE, RETAILROCKET = BEHAVIOUR / "office", BEHAVIOUR / "retailrocket"
VISITORS = 600  # of Retailrocket's: enough to be ahead of popularity
EVENTS = {"view": "view", "addtocart": "add_to_cart", "transaction": "purchase"}


@dataclass(frozen=True, slots=True)
class Probe:
    """Name a user to recommend to, and a title to search with the id of its item."""

    user: str
    title: str
    item: str


def office(folder: Path) -> Probe:
    """Land the public Amazon Office set as a catalog and a log of events, a day between two events of a user."""
    (folder / "landing").mkdir()
    items = pl.read_parquet(OFFICE / "items.parquet").with_columns(pl.format("B{}", pl.col("item_id").cast(pl.String).str.zfill(6)).alias("item_id"))
    start = datetime.combine(calendar.FIRST, datetime.min.time())
    events = (
        pl.read_parquet(OFFICE / "train.parquet")
        .explode("item_ids")
        .with_columns(pl.int_range(pl.len()).over("user_id").alias("place"))
        .select(
            "user_id",
            pl.format("B{}", pl.col("item_ids").cast(pl.String).str.zfill(6)).alias("item_id"),
            (pl.lit(start) + pl.duration(hours=pl.col("place") * 23)).dt.to_string("%Y-%m-%d %H:%M:%S").alias("timestamp"),
        )
        .sort("timestamp")
    )
    items.write_csv(folder / "landing" / "items_2025-10-27.csv")
    events.write_csv(folder / "landing" / "events_2025-10-27.csv")
    return Probe(events["user_id"][0], items["title"][0], items["item_id"][0])


def retailrocket(folder: Path) -> Probe:
    """Land views, carts and purchases of Retailrocket's visitors as its events file, and a catalog; the set has neither times nor titles: both are made up."""
    (folder / "landing").mkdir()
    start = int(datetime.combine(calendar.FIRST, datetime.min.time(), UTC).timestamp() * 1000)
    files = [(event, pl.read_csv(RETAILROCKET / f"{name}_ecommerce.dat", separator="\t")) for event, name in EVENTS.items()]
    visits = pl.concat([frame.select("visitorid", "itemid", pl.lit(event).alias("event")) for event, frame in files])
    chosen = visits.filter(pl.col("visitorid") <= VISITORS).sample(fraction=1, shuffle=True, seed=11)
    moments = start + pl.int_range(pl.len()) * (7 * 86_400_000 // chosen.height)
    buys = pl.when(pl.col("event") == "transaction").then(pl.int_range(pl.len()))
    events = chosen.select(moments.alias("timestamp"), "visitorid", "event", "itemid", buys.alias("transactionid"))
    items = events.select("itemid").unique().sort("itemid").with_columns(pl.col("itemid").map_elements(_title, return_dtype=pl.String).alias("title"))
    events.write_csv(folder / "landing" / "events_2025-10-27.csv")
    items.write_csv(folder / "landing" / "items_2025-10-27.csv")
    return Probe(str(events["visitorid"][0]), items["title"][0], str(items["itemid"][0]))


def _title(number: int) -> str:
    parts = (table["en"][number // step % len(table["en"])] for table, step in ((words.COLOURS, 1), (words.MATERIALS, 6), (words.NOUNS, 48)))
    return f"{' '.join(parts)} No. {number}"
