"""Cache embeddings on disk, keyed by the encoder's name and the text, so that entries are never stale."""

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

MAX_FILES = 16  # more are merged into one
MAX_VECTORS = 200_000  # kept per encoder, the newest files first: 300 MB of MiniLM's


def with_cache(encoder: Encoder, folder: Path | None) -> Encoder:
    """Wrap an encoder in a cache; None: no cache."""
    return encoder if folder is None else CachedEncoder(encoder, folder)


@dataclass(frozen=True, slots=True)
class CachedEncoder:
    """Embed each text once.

    Every call with new texts adds one file, renamed to its final name when it is complete, so that any number of processes may share the
    folder. Damaged or missing files are ignored.
    """

    encoder: Encoder
    folder: Path

    @property
    def name(self) -> str:
        """Return the encoder's name."""
        return self.encoder.name

    @property
    def width(self) -> int:
        """Return the encoder's width."""
        return self.encoder.width

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed texts as the encoder does."""
        keys = {text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts if text.strip()}
        cached = self._lookup(set(keys.values()))
        missing = [text for text, key in keys.items() if key not in cached]
        if missing:
            vectors = self.encoder.encode(missing)
            self._write([keys[text] for text in missing], vectors)
            cached |= dict(zip((keys[text] for text in missing), vectors, strict=True))
        zeros = np.zeros(self.width, np.float32)
        return np.array([cached[keys[text]] if text in keys else zeros for text in texts], np.float32).reshape(-1, self.width)

    def _lookup(self, requested: set[bytes]) -> dict[bytes, Floats]:
        entries: dict[bytes, Floats] = {}
        for file in self._files():
            keys, vectors = self._read(file)
            entries |= {key: vector for key, vector in zip(keys, vectors, strict=True) if key in requested}
        return entries

    def _files(self) -> list[Path]:
        """List the files, the newest first."""
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
        if len(files) > MAX_FILES:
            self._merge(files)

    def _merge(self, files: Sequence[Path]) -> None:
        entries: dict[bytes, Floats] = {}
        for file in files:
            keys, vectors = self._read(file)
            entries = dict(zip(keys, vectors, strict=True)) | entries
        newest = list(entries)[-MAX_VECTORS:]
        self._add(newest, np.array([entries[key] for key in newest], np.float32))
        for file in files:
            file.unlink(missing_ok=True)

    def _add(self, keys: Sequence[bytes], vectors: Floats) -> None:
        content = save({"keys": np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1), "vectors": np.ascontiguousarray(vectors)})
        file = self.folder / f"{self.name}-{hashlib.sha256(content).hexdigest()[:16]}.safetensors"
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(content)
        unfinished.replace(file)
