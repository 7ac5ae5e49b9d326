"""Run BERT (Devlin et al. 2019) on torch's encoder layers, with the weights of a sentence-transformers folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from recommender.artifact.quantize import SCALE
from recommender.text.int8_layers import Int8Encoder
from recommender.text.model_folder import WEIGHTS, ModelFolder
from sluice.errors import ModelError
from sluice.messages import make_error

EPSILON = 1e-12
LAYER_PARTS = {"attention.output.dense": "self_attn.out_proj", "attention.output.LayerNorm": "norm1", "intermediate.dense": "linear1"}
LAYER_PARTS |= {"output.dense": "linear2", "output.LayerNorm": "norm2"}  # BERT's names of a layer's parts, and torch's


class Bert(nn.Module):
    """Map tokens to one unit vector per text."""

    def __init__(self, config: Mapping[str, Any], pooling: str) -> None:
        """Build the network, with weights to be loaded."""
        super().__init__()
        width, epsilon = int(config["hidden_size"]), float(config.get("layer_norm_eps", EPSILON))
        self.tokens = nn.Embedding(int(config["vocab_size"]), width)
        self.positions = nn.Embedding(int(config["max_position_embeddings"]), width)
        self.types = nn.Embedding(int(config["type_vocab_size"]), width)
        self.norm = nn.LayerNorm(width, epsilon)
        layer = nn.TransformerEncoderLayer(width, int(config["num_attention_heads"]), int(config["intermediate_size"]), 0.0, "gelu", epsilon, batch_first=True)
        self.layers: nn.Module = nn.TransformerEncoder(layer, int(config["num_hidden_layers"]), enable_nested_tensor=False)
        self.pooling = pooling

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Compute unit vectors (n, width) of tokens (n, length); `mask` is False on padding."""
        embedded = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]] + self.types.weight[0]
        states: Tensor = self.layers(self.norm(embedded), src_key_padding_mask=~mask)
        if self.pooling == "cls":
            return functional.normalize(states[:, 0], dim=-1)
        pooled = states.masked_fill(~mask[..., None], 0).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(pooled, dim=-1)


def load(folder: ModelFolder, *, int8: bool = False) -> Bert:
    """Load the network of a folder, in evaluation mode.

    Args:
        folder: The network on disk.
        int8: Whether its layers compute int8 products.

    Raises:
        ModelError: Its weights are damaged, or do not fit its config.json.
    """
    try:
        stored = load_file(folder.path / WEIGHTS)
        weights = {name.removeprefix("bert."): _dequantize(stored, name) for name in stored}
        network = Bert(folder.config, folder.pooling)
        network.load_state_dict(dict(_rename_weights(weights, int(folder.config["num_hidden_layers"]))))
    except (SafetensorError, KeyError, RuntimeError, ValueError) as error:
        raise make_error(
            ModelError, "weights_do_not_fit", weights=str(folder.path / WEIGHTS), config=str(folder.path / "config.json"), problem=str(error).splitlines()[0]
        ) from error
    if int8 and isinstance(network.layers, nn.TransformerEncoder):
        network.layers = Int8Encoder.of(network.layers)
    return network.eval().requires_grad_(requires_grad=False)


def _dequantize(stored: Mapping[str, Tensor], name: str) -> Tensor:
    """Return a stored tensor in float; one of `quantize_model_folder` has its rows' scales beside it."""
    scale = stored.get(name + SCALE)
    return stored[name].float() if scale is None else stored[name].float() * scale[:, None]


def _rename_weights(weights: Mapping[str, Tensor], layers: int) -> Iterator[tuple[str, Tensor]]:
    """Yield the weights by torch's names."""
    for ours, theirs in (("tokens", "word_embeddings"), ("positions", "position_embeddings"), ("types", "token_type_embeddings")):
        yield f"{ours}.weight", weights[f"embeddings.{theirs}.weight"]
    for parameter in ("weight", "bias"):
        yield f"norm.{parameter}", weights[f"embeddings.LayerNorm.{parameter}"]
        for number in range(layers):
            ours, theirs = f"layers.layers.{number}", f"encoder.layer.{number}"
            projections = [weights[f"{theirs}.attention.self.{name}.{parameter}"] for name in ("query", "key", "value")]
            yield f"{ours}.self_attn.in_proj_{parameter}", torch.cat(projections)
            for part, name in LAYER_PARTS.items():
                yield f"{ours}.{name}.{parameter}", weights[f"{theirs}.{part}.{parameter}"]
