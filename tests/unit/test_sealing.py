"""Files at rest: what is encrypted opens under its key alone, and under its own name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.errors import ModelError, UsageError
from sluice.store.sealing import Sealing, SealKey, key_of
from sluice.wiring.sealing_key import read_sealing

pytest.importorskip("cryptography", reason="cryptography is not installed")
FIRST, SECOND = SealKey("a" * 40), SealKey("b" * 40)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_as_it_was_and_tells_nothing(content: bytes, name: str) -> None:
    sealing = Sealing(FIRST)
    stored = sealing.seal(name, content)
    assert sealing.open(name, stored) == content
    assert (key_of(stored), len(content) < 8 or content not in stored) == (FIRST.id, True)
    assert sealing.seal(name, content) != stored  # of each nonce is used once


@given(st.binary(max_size=50).filter(lambda content: not content.startswith(b"sluice-sealed")))
def test_without_a_key_files_stay_as_they_are_and_are_read_under_any(content: bytes) -> None:
    assert Sealing().seal("a", content) == content
    assert Sealing(FIRST, (SECOND,)).open("a", content) == content
    assert key_of(content) == ""


def test_a_former_key_reads_and_another_does_not() -> None:
    stored = Sealing(FIRST).seal("models/a/1", b"weights")
    assert Sealing(SECOND, (FIRST,)).open("models/a/1", stored) == b"weights"
    for other in (Sealing(SECOND), Sealing()):
        with pytest.raises(ModelError, match=f"encrypted under the key {FIRST.id}, which is neither SLUICE_ENCRYPTION_KEY nor among"):
            other.open("models/a/1", stored)


@given(st.integers(min_value=24))
def test_a_file_that_was_altered_or_has_another_name_is_refused(position: int) -> None:
    stored = bytearray(Sealing(FIRST).seal("models/a/1", b"weights"))
    with pytest.raises(ModelError, match="is not what was encrypted"):
        Sealing(FIRST).open("models/a/2", bytes(stored))
    stored[24 + position % (len(stored) - 24)] ^= 1
    with pytest.raises(ModelError, match="is not what was encrypted"):
        Sealing(FIRST).open("models/a/1", bytes(stored))


def test_keys_come_from_the_environment_and_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_sealing() == Sealing()
    monkeypatch.setenv("SLUICE_ENCRYPTION_KEY", "a" * 40)
    monkeypatch.setenv("SLUICE_ENCRYPTION_OLD_KEYS", f"{'b' * 40}\n\n")
    assert read_sealing() == Sealing(FIRST, (SECOND,))
    assert "a" * 40 not in repr(read_sealing())
    for variable in ("SLUICE_ENCRYPTION_KEY", "SLUICE_ENCRYPTION_OLD_KEYS"):
        with monkeypatch.context() as short:
            short.setenv(variable, "short")
            with pytest.raises(UsageError, match=f"{variable}: "):
                read_sealing()
