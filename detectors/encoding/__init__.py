"""Turns rows into tensors: numbers on comparable scales, categories as bounded codes; fitted on accepted rows, then row by row."""

from __future__ import annotations

from detectors.encoding.bigrams import BigramModel
from detectors.encoding.encoder import EncodedRows, Encoder
from detectors.encoding.numeric_scales import QuantileScale, ScaleName
from detectors.encoding.vocabulary import CODES, EMPTY, Vocabulary

__all__ = ["CODES", "EMPTY", "BigramModel", "EncodedRows", "Encoder", "QuantileScale", "ScaleName", "Vocabulary"]
