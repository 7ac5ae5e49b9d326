"""Notice what a system writes around cells, so that it is taken off as they are read, and is no repair of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from sluice.domain import Guard
from sluice.sources.infer.columns import spread

MIN_CELLS = 3  # of a column with the guard
MIN_SHARE = 0.5  # of its cells; fewer may be what somebody typed
SAMPLE = 2_000  # cells of each column
_FORMS: Mapping[Guard, str] = {"formula": r'(?s)^="[^"]*"$', "apostrophe": r"^'(?:[=+\-@][^']*|\d[\d .,:/TZ+-]*)$"}
MIN_TEXTS = 5  # different texts of a column, all with an apostrophe before them
_MARKED = r"(?s)^'[^\s'].*[^']$"
_DUTCH = r"(?i)^'[a-z]\s"  # 't Hart, 's Gravesande


def find_guards(frame: pl.DataFrame) -> tuple[Guard, ...]:
    r"""Return the guards of a file's cells: those that most cells of a column have.

    Args:
        frame: Rows of a file, as it has them.

    Example:
        >>> find_guards(pl.DataFrame({"sku": ['="0012"', '="0013"', '="0014"'], "note": ["'90s", "'t Hart", "new"]}))
        ('formula',)
    """
    texts = [spread(cells.drop_nulls(), SAMPLE) for cells in frame if cells.dtype == pl.String]
    return tuple(_guards(texts))


def find_apostrophes(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns whose texts all begin with an apostrophe that is no part of them.

    Args:
        frame: Rows of a file, without guards.

    Example:
        >>> skus = [f"'AB-{number}" for number in range(5)]
        >>> find_apostrophes(pl.DataFrame({"sku": skus, "name": ["'t Hart", "'s Gravesande", "'t Hooft", "'t Lam", "'t Mannetje"]}))
        ('sku',)
    """
    return tuple(cells.name for cells in frame if cells.dtype == pl.String and _all_marked(cells.drop_nulls()))


def _all_marked(cells: pl.Series) -> bool:
    cells = cells.filter(cells != "")
    if cells.is_empty() or not str(cells[0]).startswith("'") or not cells.str.contains(_MARKED).all():
        return False
    return cells.n_unique() >= MIN_TEXTS and not cells.str.contains(_DUTCH).all()


def _guards(texts: list[pl.Series]) -> Iterator[Guard]:
    for guard, form in _FORMS.items():
        for cells in texts:
            guarded = int(cells.str.contains(form).sum())
            if guarded >= MIN_CELLS and guarded >= MIN_SHARE * cells.len():
                yield guard
                break
