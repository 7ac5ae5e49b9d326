"""Suggest the cleaner `source_vote` where several sources report the same things."""

from __future__ import annotations

import re

import polars as pl

from cleaning.source_claims import claims_of, winners
from cleaning.value_counts import count_values
from sluice.config import Step
from sluice.domain import ROW, Message, Schema
from sluice.rules.value_kinds import kind_of

MIN_SOURCES = 3.0  # rows per thing, on average, from which sources can outvote one
MIN_THINGS = 20
MIN_REPORTS = 10  # rows per source, on average
MIN_DENSITY = 0.1  # share of the pairs of a source and a thing that have a row
MIN_UNIQUE = 0.95  # share of the rows whose source and thing occur once
MIN_AGREEMENT = 0.5  # mean share of the sources that claim the same value of a thing
SAMPLE_ROWS = 50_000
_SOURCE = re.compile(r"(^|_)(src|source|origin|provider|feed|site|reporter|publisher|quelle|fuente|origine)(_?(name|id|code))?$|来源")
_OWN = re.compile(r"(^|_)(price|cost|amount|fee|stock|quantity|qty|rank|rating|score|url|link|status|note|comment)s?($|_)")  # each source has its own


def suggest_source_vote(schema: Schema, rows: pl.DataFrame) -> tuple[Step, Message] | None:
    """Find a column that names sources, one that names what they report on, and the columns on which they agree.

    A source is recognised by the column's name, and by a table that holds each pair of source and thing once. Prices, stock
    and the like may differ by source and are left out, as are columns whose values differ from source to source.

    Args:
        schema: Schema of the dataset.
        rows: Some of its rows, in the declared types.
    """
    texts = [column.name for column in schema.columns if column.type == "string" and column.name in rows.columns]
    sample = rows.head(SAMPLE_ROWS)
    for source in (name for name in texts if _SOURCE.search(name.lower())):
        things = [name for name in texts if name != source and name not in schema.key and _is_thing(sample, source, name)]
        for thing in things[:1]:
            columns = _agreed_columns(sample, source, thing, [name for name in texts if name not in (source, thing, *schema.key)])
            if columns:
                step = Step(name="source_vote", settings={"source": source, "thing": [thing], "columns": columns})
                return step, Message.of("init_sources", thing=thing, sources=sample.height / sample[thing].n_unique())
    return None


def _is_thing(rows: pl.DataFrame, source: str, name: str) -> bool:
    pairs = rows.select(source, name).drop_nulls()
    count = pairs[name].n_unique()
    if count < MIN_THINGS or pairs.height < MIN_SOURCES * count or pairs[source].n_unique() < MIN_SOURCES:
        return False
    sources = pairs[source].n_unique()
    return pairs.n_unique() >= MIN_UNIQUE * pairs.height and pairs.height >= max(MIN_REPORTS * sources, MIN_DENSITY * sources * count)


def _agreed_columns(rows: pl.DataFrame, source: str, thing: str, names: list[str]) -> list[str]:
    """Return the columns whose values the sources mostly agree on, by far more than any two values of the column agree."""
    kinds = {name: kind_of(name, count_values(rows[name])) for name in names}
    candidates = [name for name in names if kinds[name] in ("measure", "words", "code") and not _OWN.search(name.lower())]
    if not candidates:
        return []
    ids = rows.with_columns(pl.int_range(pl.len()).cast(pl.String).alias(ROW))
    winning = winners(claims_of(ids, source, (thing,), candidates)).filter(pl.col("claims") > 1)
    shares = dict(winning.group_by("column").agg(pl.col("share").mean()).iter_rows())
    distinct = {name: rows[name].n_unique() for name in candidates}
    return [name for name in candidates if shares.get(name, 0.0) >= MIN_AGREEMENT and distinct[name] >= MIN_SOURCES]
