"""Put answers into the lines of labels, and take them out: each has a name, so that nobody takes back what another says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count

import polars as pl

from sluice.domain import ANSWER, WHOLE_ROW, row_value
from sluice.rules.labels import answers_of, label_lines

OTHERS = "file"  # name of the answers that people wrote into the file without one


def answer_lines(row: str, cells: Mapping[str, str], corrected: Mapping[str, str], name: str) -> pl.DataFrame:
    """Return the lines of an answer: the cells of the row as they were shown, and the right value of each wrong one."""
    columns = [WHOLE_ROW, *corrected]
    values = [row_value(cells), *corrected.values()]
    return pl.DataFrame({"row": [row] * len(columns), "column": columns, "value": values, ANSWER: [name] * len(columns)})


def with_names(lines: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the lines with a name for each answer that has none: the second one on a row gets a number behind the name, and so on."""
    names: list[str | None] = lines[ANSWER].to_list() if ANSWER in lines.columns else [None] * lines.height
    used = set(zip(lines["row"], names, strict=True))
    for answer in answers_of(label_lines(lines)):
        if not any(names[place] for place in answer.places):
            free = next(text for text in chain([name], (f"{name}-{number}" for number in count(2))) if (answer.row, text) not in used)
            used.add((answer.row, free))
            for place in answer.places:
                names[place] = free
    return lines.with_columns(pl.Series(ANSWER, names, pl.String))


def without_answer(lines: pl.DataFrame, row: str, name: str) -> pl.DataFrame:
    """Return the lines without those of one answer on a row; answers of others stay, also equal ones."""
    if ANSWER not in lines.columns:
        return lines
    own = (pl.col("row") == row) & (pl.col(ANSWER) == name)
    return lines.filter(~own.fill_null(value=False))


def with_answer(lines: pl.DataFrame, answer: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with those of an answer on one row behind them, in the place of the former ones of that name on the row."""
    row, name = answer.select("row", ANSWER).row(0)
    return pl.concat([without_answer(with_names(lines, OTHERS), row, name), answer], how="diagonal")
