"""Settings of `recommender.augmentation` in sluice.yaml: ways to change the sequences that the towers learn from."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BeforeValidator

AugmentationKind: TypeAlias = Literal["crop", "mask", "reorder", "substitute", "hard_negatives", "tail"]
KINDS: tuple[AugmentationKind, ...] = get_args(AugmentationKind)


def _listed(value: object) -> object:
    """Return the kinds that a word stands for."""
    return {"all": KINDS, "none": ()}.get(value, value) if isinstance(value, str) else value


Augmentation = Annotated[tuple[AugmentationKind, ...], BeforeValidator(_listed, json_schema_input_type=Literal["all", "none"] | tuple[AugmentationKind, ...])]
