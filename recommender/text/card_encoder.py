"""Keep the language model that a recommender was trained with: its embeddings are comparable with those of no other."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.text.content_features import configured_encoder
from sluice.config import Recommender as Settings
from sluice.errors import ModelError

LANGUAGE_SETTINGS = ("language_model", "text_tokens", "text_precision")
INT8 = "_int8"  # at the end of a name; both precisions give nearly the same vectors


def trained_settings(settings: Settings, card: Mapping[str, object]) -> Settings:
    """Return the settings with the language model of a recommender's card.

    Example:
        >>> names = {"events": "clicks", "items": "goods", "user": "who", "item": "sku", "time": "at"}
        >>> trained_settings(Settings(**names), {"settings": {"language_model": "multilingual"}}).language_model
        'multilingual'
    """
    stored = card.get("settings")
    if not isinstance(stored, Mapping):
        return settings
    return settings.model_copy(update={name: stored[name] for name in LANGUAGE_SETTINGS if name in stored})


def other_language_model(settings: Settings, card: Mapping[str, object]) -> str:
    """Return a sentence on why the language model of a recommender cannot be used; empty where it can, or where the card names none.

    Args:
        settings: Of `trained_settings`.
        card: The recommender's card.
    """
    text = card.get("text")
    trained = str(text["encoder"]) if isinstance(text, Mapping) else ""
    if not trained:
        return ""
    try:
        present = configured_encoder(settings).name
    except (ModelError, OSError) as error:
        return f"new items are placed by their attributes alone, until the next retrain: {error}"
    if trained.removesuffix(INT8) == present.removesuffix(INT8):
        return ""
    return (
        f"new items are placed by their attributes alone, until the next retrain: the recommender was trained with the language model {trained}, "
        f"and {settings.language_model or 'the default'} is now {present}"
    )
