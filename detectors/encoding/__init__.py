"""Turns rows into tensors: numbers on comparable scales, categories as bounded codes; fitted on accepted rows, then row by row."""

from __future__ import annotations

from detectors.encoding.encoder import Encoded, Encoder
from detectors.encoding.numbers import Grid, Scale
from detectors.encoding.texture import Texture
from detectors.encoding.words import CODES, EMPTY, Vocabulary

__all__ = ["CODES", "EMPTY", "Encoded", "Encoder", "Grid", "Scale", "Texture", "Vocabulary"]
