"""The language model computes BERT's numbers, and errors name what a folder lacks."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from fnmatch import fnmatch
from itertools import pairwise
from math import erf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.text import int8_layers, load_encoder
from recommender.text.encoder import SentenceEncoder
from sluice.domain import Message
from sluice.errors import ModelError
from tests.unit.recommender.text.conftest import WORDS, weights

Folder = Callable[..., Path]
MINILM, EXACT = load_encoder(), load_encoder(precision="float32")


def with_int8(encoder: SentenceEncoder, *, usable: bool = True) -> SentenceEncoder:
    """Choose the precision as on a processor where int8 products are fast, or are not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(int8_layers, "is_fast", lambda: usable)
        assert encoder.used_precision
    return encoder


def on_paper(text: str, pooling: str) -> np.ndarray:
    """BERT by plain products of matrices, a text at a time."""
    w = weights()

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        return np.asarray((x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12) * w[f"{name}.weight"] + w[f"{name}.bias"])

    def dense(x: np.ndarray, name: str) -> np.ndarray:
        return np.asarray(x @ w[f"{name}.weight"].T + w[f"{name}.bias"])

    tokens = [1, *(WORDS.index(word) if word in WORDS else 3 for word in text.split()[:14]), 2]
    table = w["embeddings.word_embeddings.weight"][tokens] + w["embeddings.position_embeddings.weight"][: len(tokens)]
    x = norm(table + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in ("encoder.layer.0", "encoder.layer.1"):
        heads = []
        q, k, v = (dense(x, f"{layer}.attention.self.{part}") for part in ("query", "key", "value"))
        for a, b in pairwise((0, 4, 8)):
            looks = np.exp(q[:, a:b] @ k[:, a:b].T / 2)
            heads.append(looks / looks.sum(1, keepdims=True) @ v[:, a:b])
        x = norm(x + dense(np.hstack(heads), f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")
        inner = dense(x, f"{layer}.intermediate.dense")
        inner = inner * (1 + np.vectorize(erf)(inner / np.sqrt(2))) / 2
        x = norm(x + dense(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    vectors = x[0] if pooling == "cls_token" else x.mean(0)
    return np.asarray(vectors / np.linalg.norm(vectors))


@pytest.mark.parametrize("pooling", ["mean_tokens", "cls_token"])
def test_the_vectors_are_those_of_bert(folder: Folder, pooling: str) -> None:
    texts = ["red sofa", "blue oak desk lamp unheard", "red " * 30]
    path, paper = folder(pooling), [on_paper(text, pooling) for text in texts]
    np.testing.assert_allclose(load_encoder(path, precision="float32").encode(texts), paper, atol=1e-5)
    np.testing.assert_allclose(with_int8(load_encoder(path)).encode(texts), paper, atol=0.02)


def test_the_beginning_of_a_text_is_read_and_its_vectors_have_their_own_name(folder: Folder) -> None:
    path = folder()
    whole, short = load_encoder(path), load_encoder(path, max_tokens=6)
    assert np.array_equal(short.encode(["red blue sofa desk lamp oak"]), whole.encode(["red blue sofa desk"]))
    assert short.name != whole.name
    assert load_encoder(path, max_tokens=512).name == whole.name, "no more than the folder allows"


def test_progress_counts_the_texts_that_are_embedded(folder: Folder) -> None:
    reports: list[tuple[Message, int, int | None]] = []
    encoder = load_encoder(folder(), progress=lambda *report: reports.append(report))
    colours = itertools.product(["red", "blue", "oak"], repeat=4)
    encoder.encode(["", *map(" ".join, colours), *["blue blue blue oak"] * 100])
    assert reports == [(Message("step_embedding"), 64, 81), (Message("step_embedding"), 81, 81)]


def test_texts_of_the_same_tokens_have_the_same_vector(folder: Folder) -> None:
    encoder = load_encoder(folder(), max_tokens=4)
    first, second, third = encoder.encode(["red sofa lamp", "blue sofa", "red sofa desk"])
    assert np.array_equal(first, third)
    assert not np.array_equal(first, second)


def test_vectors_of_int8_products_have_their_own_name(folder: Folder) -> None:
    path = folder()
    exact = load_encoder(path, precision="float32")
    fast, slow = with_int8(load_encoder(path)), with_int8(load_encoder(path), usable=False)
    assert (fast.used_precision, slow.used_precision, exact.used_precision) == ("int8", "float32", "float32")
    assert fast.name.startswith(exact.name)
    assert not fnmatch(f"{fast.name}-0.safetensors", f"{exact.name}-*.safetensors"), "the cache of the one holds none of the other"
    assert slow.name == exact.name
    assert np.array_equal(slow.encode(["red sofa"]), exact.encode(["red sofa"]))
    assert not np.array_equal(fast.encode(["red sofa"]), exact.encode(["red sofa"]))


@pytest.mark.parametrize(("gpu", "capabilities", "expected"), [(False, {"avx512_vnni": True}, True), (True, {"avx512_vnni": True}, False), (False, {}, False)])
def test_int8_products_are_for_processors_that_make_them_fast(
    monkeypatch: pytest.MonkeyPatch, gpu: bool, capabilities: dict[str, bool], expected: bool
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: gpu)
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: capabilities)
    assert int8_layers.is_fast() is expected


def test_int8_products_change_directions_little() -> None:
    texts = ["a red leather sofa", "office stapler with 500 staples", "HP 74 Black & 75 Tri-color Original Ink Cartridges", "sofa " * 80]
    fast, exact = with_int8(load_encoder()), load_encoder(precision="float32")
    assert ((fast.encode(texts) * exact.encode(texts)).sum(1) > 0.99).all()


@settings(max_examples=25)
@given(texts=st.lists(st.lists(st.sampled_from(WORDS[4:]), max_size=12).map(" ".join), min_size=1, max_size=6), place=st.integers(0, 5))
@pytest.mark.parametrize("read", [MINILM, EXACT], ids=["int8", "float32"])
def test_a_vector_is_of_length_one_and_depends_on_its_text_alone(read: SentenceEncoder, texts: list[str], place: int) -> None:
    chosen = texts[place % len(texts)]
    vectors = read.encode(texts)
    assert np.array_equal(vectors[place % len(texts)], read.encode([chosen])[0])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1.0 if text else 0.0 for text in texts], atol=1e-5)


def test_the_installed_model_knows_what_is_alike() -> None:
    sofa, couch, stapler, nothing = MINILM.encode(["a red leather sofa", "couch, crimson leather", "office stapler", " \n"])
    assert sofa @ couch > 0.6 > 0.4 > sofa @ stapler
    assert not nothing.any()


def test_no_text_gives_no_vector(folder: Folder) -> None:
    assert load_encoder(folder()).encode([]).shape == (0, 8)


def test_the_name_is_of_the_content(folder: Folder) -> None:
    mean, first = load_encoder(folder()), load_encoder(folder("cls_token"))
    assert mean.name != first.name
    assert mean.name == load_encoder(mean.folder.path).name


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"])
def test_a_folder_tells_what_it_lacks(folder: Folder, name: str) -> None:
    path = folder()
    (path / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}"):
        load_encoder(path)


def test_another_kind_of_model_is_refused(folder: Folder) -> None:
    with pytest.raises(ModelError, match="type 'mpnet'; supported: bert"):
        load_encoder(folder(model_type="mpnet"))
    with pytest.raises(ModelError, match="asks for max_tokens; supported: mean_tokens or cls_token"):
        load_encoder(folder("max_tokens"))


def test_a_module_that_would_be_left_out_is_refused(folder: Folder) -> None:
    path = folder()
    (path / "modules.json").write_text(json.dumps([{"type": "sentence_transformers.models.Transformer"}, {"type": "sentence_transformers.models.Dense"}]))
    with pytest.raises(ModelError, match="a module Dense behind its network"):
        load_encoder(path)


def test_damage_is_told_with_its_file(folder: Folder) -> None:
    path = folder()
    (path / "model.safetensors").write_bytes(b"short")
    with pytest.raises(ModelError, match=r"model\.safetensors does not fit"):
        load_encoder(path).encode(["sofa"])
    (path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json is damaged"):
        load_encoder(path).encode(["sofa"])
    (path / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json is damaged"):
        load_encoder(path)
