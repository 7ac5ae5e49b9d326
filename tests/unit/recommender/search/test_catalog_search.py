"""Filters use the shop's own column names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from recommender.search import Filter
from sluice.config import Config
from sluice.serving.state import CatalogSearch

ITEMS = pl.DataFrame({"item": ["lamp", "desk"], "label": ["oak lamp", "oak desk"]})


@pytest.mark.parametrize("name", ["item", "what"])
def test_the_shops_own_name_of_an_item_can_be_asked(settings: Callable[..., Any], name: str, tmp_path: Path) -> None:
    config = cast("Any", Config).model_construct(recommender=settings(title="label", attributes=["label"])).at(tmp_path)
    answer = CatalogSearch(ITEMS, config).index.query("oak", filters=[Filter.parse(f"{name}!=lamp")])
    assert [hit.item for hit in answer] == ["desk"]
