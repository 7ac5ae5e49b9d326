"""Choose the smaller form of a model where it is as good."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize

MAX_LOSS = 0.01  # share of a metric that may be lost for a smaller model
METRICS = ("recall@20", "ndcg@20")


def serialize_smallest(trained: TrainedRecommender, measure: Callable[[TrainedRecommender], Mapping[str, float]]) -> tuple[bytes, dict[str, object]]:
    """Return the bytes of a recommender, with quantized tables where that costs next to nothing on the hold-out.

    Args:
        trained: Recommender to store.
        measure: Computes its metrics on the hold-out, `recall@20` and `ndcg@20` among them.

    Returns:
        The bytes, and for the card: whether they are quantized (`compact`), their size and that without quantization (`plain`) in bytes, and
        the share of each metric that quantization loses (`lost`; below 0: gains).
    """
    full, small = serialize(trained), serialize(trained, quantize=True)
    if len(small) >= len(full):
        return full, {"compact": False, "bytes": len(full), "plain": len(full), "lost": {}}
    before, after = measure(trained), measure(deserialize(small))
    lost = {name: 1 - after[name] / before[name] if before[name] else 0.0 for name in METRICS}
    quantized = max(lost.values()) <= MAX_LOSS
    return (small if quantized else full), {"compact": quantized, "bytes": len(small if quantized else full), "plain": len(full), "lost": lost}
