"""The public Python interface stays as it is."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import sluice

SIGNATURES = {
    "check": "(frame: 'pl.DataFrame', suite: 'Suite') -> 'Report'",
    "gate": "(dataset: 'str', config: 'str | Path' = 'sluice.yaml') -> 'Decision'",
    "published_rows": "(dataset: 'str', decision: 'Decision', config: 'str | Path' = 'sluice.yaml') -> 'pl.LazyFrame'",
    "recommender": "(config: 'str | Path' = 'sluice.yaml') -> 'RecommenderService'",
    "render": "(message: 'Message', language: 'str' = 'en') -> 'str'",
    "run": "(config: 'str | Path' = 'sluice.yaml') -> 'list[Run]'",
}
SERVICE = {
    "recommend": "(self, user: 'str | None', k: 'int' = 10, *, history: 'str | Sequence[str]' = (), among: 'Collection[str] | None' = None, "
    "where: 'str | Sequence[str]' = (), language: 'Language | None' = None, region: 'str | None' = None, "
    "context: 'Mapping[str, object] | Sequence[str]' = (), place: 'str' = '', record: 'bool' = True) -> 'Answer'",
    "search": "(self, query: 'str', k: 'int' = 10, *, user: 'str | None' = None, where: 'str | Sequence[str]' = (), record: 'bool' = True) -> 'Answer'",
    "similar": "(self, item: 'str', k: 'int' = 10, *, among: 'Collection[str] | None' = None, "
    "where: 'str | Sequence[str]' = (), language: 'Language' = 'en') -> 'Answer'",
    "recommend_all": "(self, to: 'str | Path', k: 'int' = 10, *, where: 'str | Sequence[str]' = (), "
    "report: 'Callable[[int, int], None] | None' = None) -> 'Written'",
    "record_event": "(self, user: 'str', item: 'str', kind: 'str | None' = None, time: 'datetime | None' = None, event_id: 'str | None' = None) -> 'None'",
    "explain": "(self, user: 'str', items: 'Sequence[str]') -> 'list[Explanation]'",
    "titles": "(self) -> 'Mapping[str, str]'",
    "close": "(self) -> 'None'",
}
TYPES = {"Answer", "Decision", "Message", "RecommenderService", "Report", "Run", "Verdict"}
ERRORS = {"ConfigError", "GateClosed", "ModelError", "SluiceError", "SourceError", "StoreError", "UsageError"}


def test_exactly_these_names_are_public() -> None:
    assert set(sluice.__all__) == {*SIGNATURES, *TYPES, *ERRORS}
    assert all(getattr(sluice, name) for name in sluice.__all__)


@pytest.mark.parametrize("name", SIGNATURES)
def test_functions_keep_their_signatures(name: str) -> None:
    assert str(inspect.signature(getattr(sluice, name))) == SIGNATURES[name]


@pytest.mark.parametrize("name", SERVICE)
def test_the_recommender_keeps_its_methods(name: str) -> None:
    assert str(inspect.signature(getattr(sluice.RecommenderService, name))) == SERVICE[name]


def test_errors_have_one_ancestor() -> None:
    assert all(issubclass(getattr(sluice, name), sluice.SluiceError) for name in ERRORS)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sluice' has no attribute 'open_sesame'"):
        getattr(sluice, "open_sesame")  # noqa: B009  # a name that no type checker knows


def test_importing_it_loads_nothing() -> None:
    code = "import sys; before = set(sys.modules); import sluice; print([name for name in ('polars', 'sqlalchemy', 'sluice.errors') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
