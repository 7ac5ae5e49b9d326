"""Settings of `recommender.compact` in sluice.yaml: the smaller form in which a model is stored."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from sluice.config.model import Model

CompactForm: TypeAlias = Literal["int8", "float16", "pruned", "none"]
MAX_LOSS = 0.01  # share of Recall@20 or NDCG@20 on validation data


class Compact(Model):
    """Store a model in a smaller form, where it loses next to nothing on validation data."""

    form: CompactForm = Field("int8", description="int8, float16, pruned (int8 without the smallest values, as many as `max_loss` allows) or none")
    max_loss: float = Field(MAX_LOSS, ge=0, le=1, description="share of Recall@20 and NDCG@20 that it may lose; where it loses more, the plain form is stored")


def compact_form(value: object) -> object:
    """Return the form for true and false, which the setting was before it had several."""
    return {True: "int8", False: "none"}[value] if isinstance(value, bool) else value
