"""Count pairs of a catalog and events that reach `sluice recommend` and `sluice search` with no edit of `sluice.yaml`.

Each pair's files of eight days land at once; then `sluice init`, `run`, `retrain`, `recommend` and `search`, as commands. A pair counts for `recommend` if the
model was promoted, which it is only where it is ahead of popularity on held-out events, and answers a user of the events; for `search` if a title finds
its own item. Only a pinned `clock` is added to `sluice.yaml`, as the files are of a past month. Customers of the generated shop return to what they liked.
Public sets are left out where they are absent.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import Figure, main
from benchmarks.first_contact.figures_of_month import share
from benchmarks.first_contact.landing import evening, land, sluice
from benchmarks.first_contact.platforms import amazon, analytics, magento, own_shops, research, shopify, woocommerce
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.public_pairs import OFFICE, RETAILROCKET, Probe, office, retailrocket
from benchmarks.first_contact.shop import Shop, draw_shop
from benchmarks.first_contact.truth import Row

SEED, DAYS = 11, 8
Land = Callable[[Path], Probe]


@dataclass(frozen=True, slots=True)
class Reached:
    """Hold how many steps a pair reached; `failure` is the first that did not."""

    pair: str
    recommend: bool
    search: bool
    failure: str


def generated(shop: Shop, platforms: Sequence[tuple[Platform, Sequence[str]]], user: str, title: str, item: str) -> Land:
    """Return a function that lands tables of platforms over several days.

    Args:
        shop: The shop.
        platforms: Platforms, with the names of their tables that land.
        user: Column of the users.
        title: Column of the titles.
        item: Column of the items' ids.
    """

    def written(folder: Path) -> Probe:
        rows: list[Row] = []
        for number in range(DAYS):
            sheets = [sheet for platform, tables in platforms for sheet in platform.files(shop, number) if sheet.table.name in tables]
            land(folder, sheets, number)
            rows += [row for sheet in sheets for row in sheet.rows] if number == DAYS - 1 else []
        product = next(row for row in rows if isinstance(row.get(title), str) and isinstance(row.get(item), str))
        return Probe(next(str(row[user]) for row in rows if isinstance(row.get(user), str)), product[title], product[item])

    return written


def pairs(shop: Shop) -> Iterator[tuple[str, Land]]:
    """List the pairs."""
    own, german, segment, ga4 = own_shops.PLATFORM, own_shops.GERMAN, analytics.SEGMENT_CALLS, analytics.GOOGLE_ANALYTICS
    yield "own shop, English", generated(shop, [(own, ("products", "events"))], "user_id", "title", "product_id")
    yield "own shop, German", generated(shop, [(german, ("artikel", "bestellungen"))], "E-Mail", "Bezeichnung", "Artikelnummer")
    yield "shopify", generated(shop, [(shopify.PLATFORM, ("products", "orders"))], "Email", "Title", "Variant SKU")
    yield "amazon reviews 2023", generated(shop, [(research.AMAZON_REVIEWS, ("meta", "reviews"))], "user_id", "title", "parent_asin")
    yield "segment, magento", generated(shop, [(magento.PLATFORM, ("catalog_product",)), (segment, ("segment",))], "anonymousId", "name", "sku")
    yield "segment, woocommerce", generated(shop, [(woocommerce.PLATFORM, ("products",)), (segment, ("segment",))], "anonymousId", "Name", "SKU")
    yield "segment, german artikel", generated(shop, [(german, ("artikel",)), (segment, ("segment",))], "anonymousId", "Bezeichnung", "Artikelnummer")
    yield "ga4, amazon flat file", generated(shop, [(amazon.PLATFORM, ("listings",)), (ga4, ("ga4",))], "user_pseudo_id", "item_name", "item_sku")
    yield "ga4, woocommerce", generated(shop, [(woocommerce.PLATFORM, ("products",)), (ga4, ("ga4",))], "user_pseudo_id", "Name", "SKU")
    yield (
        "chinese orders, german artikel",
        generated(shop, [(german, ("artikel",)), (own_shops.CHINESE_SHOP, ("订单",))], "买家昵称", "Bezeichnung", "Artikelnummer"),
    )
    if OFFICE.exists():
        yield "amazon office", office
    if RETAILROCKET.exists():
        yield "retailrocket", retailrocket


def reach(name: str, landed: Land) -> Reached:
    """Take a pair from its files to an answer."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        probe = landed(folder)
        failure = _prepared(folder)
        if failure:
            return Reached(name, recommend=False, search=False, failure=failure)
        answered = sluice(folder, "recommend", probe.user, "--format", "json")
        served = answered.returncode == 0 and "item" in answered.stdout and not answered.stderr.strip()
        listed = sluice(folder, "search", probe.title, "--format", "json")
        found_item = listed.returncode == 0 and probe.item in {str(row.get("item")) for row in json.loads(listed.stdout or "[]")}
        return Reached(name, served, found_item, "" if served and found_item else _last(answered.stderr if not served else listed.stderr))


def _prepared(folder: Path) -> str:
    """Describe, publish and train; return the reason why there is no model."""
    done = sluice(folder, "init", "landing/")
    if done.returncode:
        return f"init: {_last(done.stderr)}"
    config = folder / "sluice.yaml"
    text = config.read_text(encoding="utf-8")
    if "\nrecommender:" not in text:
        return "init suggests no recommender"
    config.write_text(f"{text}\nclock: {evening(DAYS - 1) + timedelta(hours=6):%Y-%m-%d %H:%M:%S}\n", encoding="utf-8")
    done = sluice(folder, "run")
    if done.returncode not in (0, 1):
        return f"run: {_last(done.stderr)}"
    done = sluice(folder, "retrain")
    if done.returncode or "FAILED" in done.stderr:
        return f"retrain: {' '.join(done.stderr.split())[-300:]}"
    return ""


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no answer"])[-1][:200]


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Try every pair, or two of them."""
    chosen = list(pairs(draw_shop(SEED)))[: 2 if options.quick else None]
    reached = [reach(name, landed) for name, landed in chosen]
    for one in reached:
        print(f"{one.pair}: recommend {one.recommend}, search {one.search} {one.failure}")
    return [
        Figure("pairs of catalog and events that reach `recommend`", share(sum(one.recommend for one in reached), len(reached)), "share", n=len(reached)),
        Figure("pairs of catalog and events that reach `search`", share(sum(one.search for one in reached), len(reached)), "share", n=len(reached)),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
