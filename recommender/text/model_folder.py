"""A folder as sentence-transformers writes it: what kind of model is in there, and whether it can be read here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from sluice.errors import ModelError

CONFIG, WEIGHTS, TOKENIZER, POOLING = "config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"
FAMILIES = ("bert",)
MODULES = ("Transformer", "Pooling", "Normalize")
LIMIT = 512  # tokens of a text that are read unless the folder says otherwise


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A BERT-like sentence encoder on disk.

    Attributes:
        path: The folder.
        config: Its config.json: sizes of the network.
        pooling: How a text's tokens become one vector: their mean, or the first of them.
        limit: How many tokens of a text are read, the two that enclose it among them.
    """

    path: Path
    config: Mapping[str, Any]
    pooling: Literal["mean", "cls"]
    limit: int

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read all of a folder but its weights.

        Raises:
            ModelError: A file is missing or damaged, or the model is of a kind that cannot be read here.
        """
        lacking = [name for name in (CONFIG, WEIGHTS, TOKENIZER, POOLING) if not (path / name).is_file()]
        if lacking:
            raise ModelError(f"{path} is no sentence-transformers folder with safetensors: it lacks {', '.join(lacking)}")
        config = _json(path / CONFIG)
        if config.get("model_type") not in FAMILIES or config.get("hidden_act", "gelu") != "gelu":
            raise ModelError(f"{path} holds a model of type {config.get('model_type')!r}; what can be read is {', '.join(FAMILIES)} with gelu")
        steps = [str(each["type"]).rpartition(".")[2] for each in _json(path / "modules.json")] if (path / "modules.json").is_file() else []
        if unknown := [each for each in steps if each not in MODULES]:
            raise ModelError(f"{path} has a module {unknown[0]} behind its network; what can be read is {', '.join(MODULES)}")
        said = _json(path / "sentence_bert_config.json").get("max_seq_length") if (path / "sentence_bert_config.json").is_file() else None
        return cls(path, config, _pooling(path), min(int(said or LIMIT), int(config["max_position_embeddings"])))

    def fingerprint(self) -> str:
        """Of all that decides its vectors: 16 hex digits."""
        whole = hashlib.sha256(f"{self.pooling} {self.limit}".encode())
        for name in (CONFIG, TOKENIZER, WEIGHTS):
            with (self.path / name).open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        return whole.hexdigest()[:16]


def _pooling(path: Path) -> Literal["mean", "cls"]:
    said = {name.removeprefix("pooling_mode_") for name, on in _json(path / POOLING).items() if name.startswith("pooling_mode_") and on is True}
    if said == {"mean_tokens"}:
        return "mean"
    if said == {"cls_token"}:
        return "cls"
    raise ModelError(f"{path / POOLING} asks for {', '.join(sorted(said)) or 'nothing'}; what can be done is mean_tokens or cls_token")


def _json(path: Path) -> Any:  # noqa: ANN401  # whatever stands there
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is damaged: {error}") from error
