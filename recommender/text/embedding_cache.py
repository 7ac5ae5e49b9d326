"""Vectors that were read before, on disk: found by the encoder's name and the text itself, so that nothing is ever stale."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from recommender.data.sequences import Floats
from recommender.text.encoder import Encoder

FILES = 16  # more are merged into one
LIMIT = 200_000  # vectors that are kept of an encoder, the newest files first: 300 MB of MiniLM's


def cached(encoder: Encoder, folder: Path | None) -> Encoder:
    """The same encoder, which remembers in a folder; None: it does not."""
    return encoder if folder is None else Cached(encoder, folder)


@dataclass(frozen=True, slots=True)
class Cached:
    """An encoder that reads each text once.

    Every call that meets new texts adds one file, under its final name only when it is whole, so that any number of processes may share
    the folder. A file that is damaged or gone is as good as never written.
    """

    encoder: Encoder
    folder: Path

    @property
    def name(self) -> str:
        """The encoder's."""
        return self.encoder.name

    @property
    def width(self) -> int:
        """The encoder's."""
        return self.encoder.width

    def encode(self, texts: Sequence[str]) -> Floats:
        """As the encoder does."""
        keys = {text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts if text.strip()}
        known = self._known(set(keys.values()))
        lacking = [text for text, key in keys.items() if key not in known]
        if lacking:
            fresh = self.encoder.encode(lacking)
            self._write([keys[text] for text in lacking], fresh)
            known |= dict(zip((keys[text] for text in lacking), fresh, strict=True))
        nothing = np.zeros(self.width, np.float32)
        return np.array([known[keys[text]] if text in keys else nothing for text in texts], np.float32).reshape(-1, self.width)

    def _known(self, wanted: set[bytes]) -> dict[bytes, Floats]:
        known: dict[bytes, Floats] = {}
        for file in self._files():
            keys, vectors = self._read(file)
            known |= {key: vector for key, vector in zip(keys, vectors, strict=True) if key in wanted}
        return known

    def _files(self) -> list[Path]:
        """The newest first."""
        return sorted(self.folder.glob(f"{self.name}-*.safetensors"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)

    def _read(self, file: Path) -> tuple[list[bytes], Floats]:
        try:
            arrays = load(file.read_bytes())
            keys, vectors = arrays["keys"], arrays["vectors"]
        except (OSError, SafetensorError, KeyError):
            return [], np.zeros((0, self.width), np.float32)
        return [row.tobytes() for row in keys], vectors

    def _write(self, keys: Sequence[bytes], vectors: Floats) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._add(keys, vectors)
        files = self._files()
        if len(files) > FILES:
            self._merge(files)

    def _merge(self, files: Sequence[Path]) -> None:
        held: dict[bytes, Floats] = {}
        for file in files:
            keys, vectors = self._read(file)
            held = dict(zip(keys, vectors, strict=True)) | held
        newest = list(held)[-LIMIT:]
        self._add(newest, np.array([held[key] for key in newest], np.float32))
        for file in files:
            file.unlink(missing_ok=True)

    def _add(self, keys: Sequence[bytes], vectors: Floats) -> None:
        content = save({"keys": np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1), "vectors": np.ascontiguousarray(vectors)})
        file = self.folder / f"{self.name}-{hashlib.sha256(content).hexdigest()[:16]}.safetensors"
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(content)
        unfinished.replace(file)
