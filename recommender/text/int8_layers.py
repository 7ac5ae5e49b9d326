"""Compute the layers of BERT by int8 products, which processors with VNNI compute several times as fast as float32."""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from recommender.artifact.quantize import STEPS, quantize_rows

TINY = 1e-12  # scale of a row of zeros


class Int8Linear(nn.Module):
    """Multiply by an int8 matrix with one scale per output; each row of the input has its own scale, so that no row depends on another."""

    weight: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        """Quantize a matrix of shape (outputs, inputs)."""
        super().__init__()
        integers, scale = quantize_rows(weight.detach().numpy())
        self.register_buffer("weight", torch.from_numpy(integers).t().contiguous())
        self.register_buffer("scale", torch.from_numpy(scale))
        self.register_buffer("bias", bias.detach())

    def forward(self, states: Tensor) -> Tensor:
        """Compute the products, shape (rows, outputs), of states (rows, inputs)."""
        scale = states.abs().amax(1, keepdim=True).clamp_(min=TINY) / STEPS
        integers = (states / scale).round_().to(torch.int8)
        products = torch._int_mm(integers, self.weight)  # noqa: SLF001  # torch has no public product of int8 matrices
        return torch.addcmul(self.bias, products * scale, self.scale)


class Int8Layer(nn.Module):
    """Compute a layer of BERT: attention and feed-forward network, each normalized after its input is added."""

    def __init__(self, layer: nn.TransformerEncoderLayer) -> None:
        """Quantize the matrices of a layer."""
        super().__init__()
        attention = layer.self_attn
        self.heads = attention.num_heads
        self.projections = Int8Linear(attention.in_proj_weight, attention.in_proj_bias)
        self.output = Int8Linear(attention.out_proj.weight, attention.out_proj.bias)
        self.inner, self.outer = (Int8Linear(part.weight, part.bias) for part in (layer.linear1, layer.linear2))
        self.norm1, self.norm2 = layer.norm1, layer.norm2

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Compute states (n * length, width); `mask` (n, length) is False on padding."""
        texts, length = mask.shape
        queries, keys, values = self.projections(states).view(texts, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask[:, None, None, :])
        states = self.norm1(states + self.output(attended.transpose(1, 2).reshape(states.shape)))
        normalized: Tensor = self.norm2(states + self.outer(functional.gelu(self.inner(states))))
        return normalized


class Int8Encoder(nn.Module):
    """Compute the layers of BERT, in place of a `nn.TransformerEncoder`."""

    def __init__(self, layers: nn.ModuleList) -> None:
        """Hold quantized layers."""
        super().__init__()
        self.layers = layers

    @classmethod
    def of(cls, encoder: nn.TransformerEncoder) -> Self:
        """Quantize the layers of an encoder."""
        return cls(nn.ModuleList(Int8Layer(layer) for layer in encoder.layers))

    def forward(self, states: Tensor, src_key_padding_mask: Tensor) -> Tensor:
        """Compute states of the shape (n, length, width); the mask is True on padding."""
        rows = states.flatten(0, 1)
        for layer in self.layers:
            rows = layer(rows, ~src_key_padding_mask)
        return rows.view(states.shape)


def is_fast() -> bool:
    """Return whether int8 products are faster here than those of float32: on a processor with AVX-512 VNNI, unless a GPU computes."""
    return not torch.cuda.is_available() and bool(torch.cpu.get_capabilities().get("avx512_vnni", False))
