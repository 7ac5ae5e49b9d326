"""A language model small enough to be checked by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

WORDS = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "red", "blue", "sofa", "lamp", "oak", "desk")
CONFIG = {"model_type": "bert", "hidden_act": "gelu", "hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 12, "num_hidden_layers": 2}
CONFIG |= {"vocab_size": len(WORDS), "max_position_embeddings": 16, "type_vocab_size": 2, "layer_norm_eps": 1e-12}


def weights(rows: int = len(WORDS), width: int = 8) -> dict[str, np.ndarray]:
    """As BERT names them; drawn at random."""
    rng = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {"embeddings.word_embeddings.weight": (rows, width), "embeddings.position_embeddings.weight": (16, width)}
    shapes |= {"embeddings.token_type_embeddings.weight": (2, width), "embeddings.LayerNorm.weight": (width,), "embeddings.LayerNorm.bias": (width,)}
    for number in range(2):
        inside = {f"attention.self.{part}": (width, width) for part in ("query", "key", "value")}
        inside |= {"attention.output.dense": (width, width), "intermediate.dense": (12, width), "output.dense": (width, 12)}
        for name, (out, into) in inside.items():
            shapes |= {f"encoder.layer.{number}.{name}.weight": (out, into), f"encoder.layer.{number}.{name}.bias": (out,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"encoder.layer.{number}.{name}.weight": (width,), f"encoder.layer.{number}.{name}.bias": (width,)}
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes a folder as sentence-transformers would; `pooling` is how tokens become a vector, `rows` how many words there are."""

    def write(pooling: str = "mean_tokens", rows: int = len(WORDS), width: int = 8, **config: object) -> Path:
        path = tmp_path / f"model-{pooling}"
        (path / "1_Pooling").mkdir(parents=True)
        (path / "config.json").write_text(json.dumps(CONFIG | {"vocab_size": rows, "hidden_size": width} | config))
        (path / "1_Pooling/config.json").write_text(json.dumps({f"pooling_mode_{pooling}": True, "word_embedding_dimension": 8}))
        tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = Whitespace()
        tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
        tokenizer.save(str(path / "tokenizer.json"))
        save_file(weights(rows, width), path / "model.safetensors")
        return path

    return write
