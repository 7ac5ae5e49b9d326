"""Read the folder of a sentence-transformers model, and check that it is supported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from sluice.domain import Message
from sluice.errors import ModelError
from sluice.messages import make_error

CONFIG, WEIGHTS, TOKENIZER, POOLING = "config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"
MODULES, SENTENCE_CONFIG = "modules.json", "sentence_bert_config.json"
FAMILIES = ("bert",)
SUPPORTED_MODULES = ("Transformer", "Pooling", "Normalize")
MAX_TOKENS = 512  # of a text, unless the folder says otherwise


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """Describe a BERT-like sentence encoder on disk.

    Attributes:
        path: The folder.
        config: Its config.json: sizes of the network.
        pooling: How tokens are pooled into one vector: their mean, or the first of them.
        max_tokens: Tokens of a text that are read, with the two that enclose it.
    """

    path: Path
    config: Mapping[str, Any]
    pooling: Literal["mean", "cls"]
    max_tokens: int

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a folder, without its weights.

        Raises:
            ModelError: A file is missing or damaged, or the model is not supported.
        """
        missing = [name for name in (CONFIG, WEIGHTS, TOKENIZER, POOLING) if not (path / name).is_file()]
        if missing:
            raise make_error(ModelError, "encoder_folder_lacks", path=str(path), files=tuple(missing))
        config = _read_json(path / CONFIG)
        if config.get("model_type") not in FAMILIES or config.get("hidden_act", "gelu") != "gelu":
            raise make_error(ModelError, "encoder_type_unknown", path=str(path), type=config.get("model_type"), types=tuple(FAMILIES))
        modules = [str(module["type"]).rpartition(".")[2] for module in _read_json(path / MODULES)] if (path / MODULES).is_file() else []
        if unknown := [module for module in modules if module not in SUPPORTED_MODULES]:
            raise make_error(ModelError, "encoder_module_unknown", path=str(path), module=unknown[0], modules=tuple(SUPPORTED_MODULES))
        max_tokens = _read_json(path / SENTENCE_CONFIG).get("max_seq_length") if (path / SENTENCE_CONFIG).is_file() else None
        return cls(path, config, _read_pooling(path), min(int(max_tokens or MAX_TOKENS), int(config["max_position_embeddings"])))

    def fingerprint(self) -> str:
        """Hash all that decides its vectors: 16 hex digits."""
        digest = hashlib.sha256(f"{self.pooling} {self.max_tokens}".encode())
        for name in (CONFIG, TOKENIZER, WEIGHTS):
            with (self.path / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()[:16]


def _read_pooling(path: Path) -> Literal["mean", "cls"]:
    modes = {name.removeprefix("pooling_mode_") for name, on in _read_json(path / POOLING).items() if name.startswith("pooling_mode_") and on is True}
    if modes == {"mean_tokens"}:
        return "mean"
    if modes == {"cls_token"}:
        return "cls"
    raise make_error(ModelError, "encoder_pooling_unknown", path=str(path / POOLING), modes=tuple(sorted(modes)) or Message.of("of_no_type"))


def _read_json(path: Path) -> Any:  # noqa: ANN401  # any JSON value
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise make_error(ModelError, "encoder_file_damaged", path=str(path), error=str(error)) from error
