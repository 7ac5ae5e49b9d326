"""An item that comes to a shop is found within a minute of being published, by a server that has been open all the while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

import sluice
from sluice.app import App
from sluice.serving.service import RecommenderService

Opened = Callable[[Path], App]
TITLE = "Zanzibar blossom loose tea 250 g"


@dataclass
class Timer:
    """A clock that goes when it is told to."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def teas(shop: Path) -> pl.DataFrame:
    """What is sold of one category, as the newest catalog has it."""
    newest = max((shop.parent / "landing" / "catalog").glob("*.csv"))
    return pl.read_csv(newest, infer_schema=False).filter(pl.col("category").str.ends_with("> Tea"))


def land_with(item: str, shop: Path) -> None:
    """The catalog of the next day: that of the newest, and one more tea."""
    newest = max((shop.parent / "landing" / "catalog").glob("*.csv"))
    new = (
        teas(shop)
        .head(1)
        .with_columns(item_id=pl.lit(item), title=pl.lit(TITLE), price=pl.lit("8.49"), image_url=pl.lit(f"https://img.example.com/{item}.webp"))
    )
    pl.concat([pl.read_csv(newest, infer_schema=False), new]).write_csv(newest.with_name("catalog-2026-03-07.csv"))


def answers(server: RecommenderService, met: list[str]) -> tuple[list[str], list[str]]:
    """What is found by words, and what is recommended to somebody who has met some items."""
    return [recommendation.item for recommendation in server.search(TITLE, 3)], [
        recommendation.item for recommendation in server.recommend(None, 20, history=met).items
    ]


@pytest.mark.slow
def test_a_new_item_is_found_and_recommended_within_a_minute_of_being_published(shop: Path, opened: Opened) -> None:
    met, timer = teas(shop)["item_id"].to_list()[:5], Timer()
    with replace(sluice.recommender(shop), timer=timer) as server:
        before = answers(server, met)
        land_with("i99999", shop)
        app = opened(shop)
        (run,) = app.run(app.pending_arrivals(["catalog"]))
        assert run.state == "published"
        assert answers(server, met) == before
        timer.seconds += 60
        search_results, recommended = answers(server, met)
    assert search_results[0] == "i99999"
    assert "i99999" in recommended
