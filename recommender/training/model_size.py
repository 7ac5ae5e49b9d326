"""A model no larger than it must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize

BEARABLE = 0.01  # of a metric may be lost for a smaller model
JUDGED = ("recall@20", "ndcg@20")


def serialize_smallest(learned: TrainedRecommender, measured: Callable[[TrainedRecommender], Mapping[str, float]]) -> tuple[bytes, dict[str, object]]:
    """The bytes of a recommender, its tables compacted where that costs next to nothing on the hold-out.

    Args:
        learned: What is to be kept.
        measured: Its metrics on the hold-out, `recall@20` and `ndcg@20` among them.

    Returns:
        What to keep, and for its card: whether it is compact, its size and that of the plain one in bytes, and what share of
        each metric compacting loses (below 0: gains).
    """
    plain, small = serialize(learned), serialize(learned, compact=True)
    if len(small) >= len(plain):
        return plain, {"compact": False, "bytes": len(plain), "plain": len(plain), "lost": {}}
    before, after = measured(learned), measured(deserialize(small))
    lost = {name: 1 - after[name] / before[name] if before[name] else 0.0 for name in JUDGED}
    kept = max(lost.values()) <= BEARABLE
    return (small if kept else plain), {"compact": kept, "bytes": len(small if kept else plain), "plain": len(plain), "lost": lost}
