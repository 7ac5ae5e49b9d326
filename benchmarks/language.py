"""Measure queries in Chinese: whether the product that a query is about is among the first ten, over Chinese titles and over English ones.

Titles and queries are drawn from a vocabulary that the search does not read (`benchmarks/shop_words.py`): 85 names of products, each with a
traditional form and another name, ten colours, ten materials. Half of the Chinese titles are in traditional characters. A query names colour, material,
product and a brand or a size, and differs from its title in one way: by the script, the name, the unit, the case of the brand, or one wrong character.
Queries for English titles name colour, material and product in Chinese alone. These titles are shorter and more regular than those of a shop, so the
figures compare methods, and are no promise. The peer is bm25s on the words of rjieba. Scores that are equal count by their middle place.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence

import bm25s
import numpy as np
import polars as pl
import rjieba

from benchmarks.figures import Figure, main
from benchmarks.shop_words import KINDS, Product, products
from recommender.data.sequences import Floats
from recommender.search import SearchIndex
from recommender.text.multilingual_encoder import MultilingualEncoder

TITLES, QUERIES = 2000, 300
QUICK = (200, 30)
FIRST = 10
Score = Callable[[str], Floats]
Requests = Sequence[tuple[str, int]]


def build_index(titles: Sequence[str]) -> SearchIndex:
    """Index titles by words and by meaning."""
    items = pl.DataFrame({"item": [f"{number:05}" for number in range(len(titles))], "title": list(titles)})
    return SearchIndex.build(items, ["title"], [], MultilingualEncoder(), min_cosine=MultilingualEncoder.min_cosine)


def build_peer(titles: Sequence[str]) -> Score:
    """Index titles by bm25s on the words of rjieba."""
    peer = bm25s.BM25(method="lucene")
    peer.index([rjieba.cut(title.lower()) for title in titles], show_progress=False)

    def score(query: str) -> Floats:
        words = [word for word in rjieba.cut(query.lower()) if word in peer.vocab_dict]
        return np.asarray(peer.get_scores(words), np.float32) if words else np.zeros(len(titles), np.float32)

    return score


def ours(index: SearchIndex) -> Score:
    """Return the scores of our search."""
    return lambda query: np.asarray(np.sum(list(index.score_parts(query).values()), axis=0), np.float32)


def share_of_hits(score: Score, requests: Requests) -> float:
    """Compute the share of queries whose product is among the first ten."""
    return float(np.mean([_is_among_first(score(query), item) for query, item in requests]))


def _is_among_first(scores: Floats, item: int) -> bool:
    place = (scores > scores[item]).sum() + ((scores == scores[item]).sum() - 1) / 2
    return bool(scores[item] > 0 and place < FIRST)


def draw(shop: Sequence[Product], seed: int, count: int) -> tuple[dict[str, Requests], Requests]:
    """Draw queries for Chinese titles by how they differ, and those for English titles."""
    rng = random.Random(seed)
    chosen = rng.sample(range(len(shop)), count)
    by_kind: dict[str, Requests] = {kind: [(shop[item].query(kind, rng), item) for item in chosen[number :: len(KINDS)]] for number, kind in enumerate(KINDS)}
    return by_kind, [(shop[item].plain_query(), item) for item in chosen]


def cpu_milliseconds(work: Callable[[], object], count: int) -> float:
    """Measure the CPU time of work in milliseconds for each of its texts."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000 / count


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure one draw of queries per seed on the same titles."""
    (titles, count), seeds = QUICK if options.quick else (TITLES, QUERIES), range(1 if options.quick else options.seeds)
    shop = products(titles)
    chinese, english = build_index([one.chinese() for one in shop]), build_index([one.english() for one in shop])
    peer, translated = build_peer([one.chinese() for one in shop]), build_peer([one.english() for one in shop])
    drawn = [draw(shop, seed, count) for seed in seeds]
    results = [_compare(f"over Chinese titles, {kind}", ours(chinese), peer, [draw[kind] for draw, _ in drawn]) for kind in KINDS]
    results.append(_compare("over Chinese titles, all", ours(chinese), peer, [[query for kind in KINDS for query in draw[kind]] for draw, _ in drawn]))
    results.append(_compare("over English titles", ours(english), translated, [draw for _, draw in drawn]))
    return [*results, *_costs(chinese, [one.chinese() for one in shop][:100], [query for query, _ in drawn[0][1]][:100])]


def _compare(name: str, score: Score, peer: Score, requests: Sequence[Requests]) -> Figure:
    theirs = float(np.mean([share_of_hits(peer, one) for one in requests]))
    figure = Figure.over(f"Chinese queries {name}, in the first 10", [share_of_hits(score, one) for one in requests], "")
    return Figure(figure.figure, figure.value, "", f"bm25s with rjieba: {theirs:.4g}", figure.value / theirs if theirs else None, figure.n, figure.sd)


def _costs(index: SearchIndex, titles: Sequence[str], queries: Sequence[str]) -> list[Figure]:
    encode = index.encoder.encode
    return [
        Figure("multilingual model, a title, CPU time", cpu_milliseconds(lambda: encode(titles), len(titles)), "ms", n=len(titles)),
        Figure("multilingual model, a query, CPU time", cpu_milliseconds(lambda: [encode([query]) for query in queries], len(queries)), "ms", n=len(queries)),
        Figure("search of 2,000 titles, CPU time", cpu_milliseconds(lambda: [index.query(query) for query in queries], len(queries)), "ms", n=len(queries)),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
