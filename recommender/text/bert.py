"""BERT (Devlin et al. 2019) as torch's own encoder layers, with the weights of a sentence-transformers folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from recommender.artifact.quantize import SCALE
from recommender.text.model_folder import WEIGHTS, ModelFolder
from sluice.errors import ModelError

EPSILON = 1e-12
INSIDE = {"attention.output.dense": "self_attn.out_proj", "attention.output.LayerNorm": "norm1", "intermediate.dense": "linear1"}
INSIDE |= {"output.dense": "linear2", "output.LayerNorm": "norm2"}  # BERT's names of a layer's parts, and torch's


class Bert(nn.Module):
    """Tokens to one unit vector a text."""

    def __init__(self, config: Mapping[str, Any], pooling: str) -> None:
        """Make the network; its weights are still to be loaded."""
        super().__init__()
        width, epsilon = int(config["hidden_size"]), float(config.get("layer_norm_eps", EPSILON))
        self.words = nn.Embedding(int(config["vocab_size"]), width)
        self.places = nn.Embedding(int(config["max_position_embeddings"]), width)
        self.types = nn.Embedding(int(config["type_vocab_size"]), width)
        self.norm = nn.LayerNorm(width, epsilon)
        layer = nn.TransformerEncoderLayer(width, int(config["num_attention_heads"]), int(config["intermediate_size"]), 0.0, "gelu", epsilon, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, int(config["num_hidden_layers"]), enable_nested_tensor=False)
        self.pooling = pooling

    def forward(self, tokens: Tensor, real: Tensor) -> Tensor:
        """Unit vectors (n, width) of tokens (n, length); `real` is False where a text is padded."""
        placed = self.words(tokens) + self.places.weight[: tokens.shape[1]] + self.types.weight[0]
        states: Tensor = self.layers(self.norm(placed), src_key_padding_mask=~real)
        if self.pooling == "cls":
            return functional.normalize(states[:, 0], dim=-1)
        told = states.masked_fill(~real[..., None], 0).sum(1) / real.sum(1, keepdim=True)
        return functional.normalize(told, dim=-1)


def load(folder: ModelFolder) -> Bert:
    """The network of a folder, ready to read.

    Raises:
        ModelError: Its weights are damaged, or do not fit its config.json.
    """
    try:
        stored = load_file(folder.path / WEIGHTS)
        weights = {name.removeprefix("bert."): _whole(stored, name) for name in stored}
        network = Bert(folder.config, folder.pooling)
        network.load_state_dict(dict(_named(weights, int(folder.config["num_hidden_layers"]))))
    except (SafetensorError, KeyError, RuntimeError, ValueError) as error:
        raise ModelError(f"{folder.path / WEIGHTS} does not fit {folder.path / 'config.json'}: {str(error).splitlines()[0]}") from error
    return network.eval().requires_grad_(requires_grad=False)


def _whole(stored: Mapping[str, Tensor], name: str) -> Tensor:
    """A stored tensor as it is computed with; one of `quantize_model_folder` has its rows' scales beside it."""
    scale = stored.get(name + SCALE)
    return stored[name].float() if scale is None else stored[name].float() * scale[:, None]


def _named(weights: Mapping[str, Tensor], layers: int) -> Iterator[tuple[str, Tensor]]:
    """The weights by torch's names."""
    for ours, theirs in (("words", "word_embeddings"), ("places", "position_embeddings"), ("types", "token_type_embeddings")):
        yield f"{ours}.weight", weights[f"embeddings.{theirs}.weight"]
    for what in ("weight", "bias"):
        yield f"norm.{what}", weights[f"embeddings.LayerNorm.{what}"]
        for number in range(layers):
            ours, theirs = f"layers.layers.{number}", f"encoder.layer.{number}"
            parts = [weights[f"{theirs}.attention.self.{part}.{what}"] for part in ("query", "key", "value")]
            yield f"{ours}.self_attn.in_proj_{what}", torch.cat(parts)
            for inside, name in INSIDE.items():
                yield f"{ours}.{name}.{what}", weights[f"{theirs}.{inside}.{what}"]
