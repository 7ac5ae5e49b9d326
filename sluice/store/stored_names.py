"""Translate the words of earlier versions: in rows of the lake while they are read, and in the records by a migration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from sqlalchemy import JSON, Connection, column, select, table, update

from sluice.domain import REASON_TYPE, REASONS, STORED_NAMES, canonical_kind

_WORDS = (("verdicts", "rule"), ("incidents", "rule"), ("requests", "rule"), ("runs", "state"))  # tables and columns
_MODELS = table("models", column("name"), column("version"), column("card", JSON))
_PREFIXES = {old: new for old, new in STORED_NAMES.items() if old.startswith("expect_")}  # rule ids go on with what the rule is about
_KINDS = ("metrics", "weights")  # keys of a card whose value is named by kinds


def canonical_rule(rule: pl.Expr) -> pl.Expr:
    """Return rule ids or cleaners under their present names; see `canonical`.

    Example:
        >>> pl.DataFrame({"rule": ["matching", "deduplicate:key"]}).select(canonical_rule(pl.col("rule"))).to_series().to_list()
        ['record_linkage', 'deduplicate:key']
    """
    return rule.replace(STORED_NAMES).str.replace_many(_PREFIXES)


def with_canonical_names(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Translate `_reasons`, `rule` and `cleaner` of rows of the quarantine, of flags or of repairs, where they have them.

    Args:
        rows: Rows of a table of the lake other than `clean`.
    """
    schema = rows.collect_schema()
    names = [canonical_rule(pl.col(name)) for name in ("rule", "cleaner") if schema.get(name) == pl.String]
    reasons = schema.get(REASONS)
    return rows.with_columns(*names, *([_canonical_reasons(reasons)] if isinstance(reasons, pl.List) else []))


def _canonical_reasons(stored: pl.List) -> pl.Expr:
    """Return reasons of the present type; a field that the stored ones lack is null."""
    reason = pl.element() if stored == REASON_TYPE else pl.element().cast(REASON_TYPE.inner)
    return pl.col(REASONS).list.eval(reason.struct.with_fields(name=canonical_rule(pl.field("name"))))


def rename_stored_words(connection: Connection, rename: Callable[[str], str], rename_kind: Callable[[str], str]) -> None:
    """Rename rules, states and kinds of models in the records of a database.

    Args:
        connection: Connection of the migration.
        rename: Returns the new name of a rule or state.
        rename_kind: Returns the new kind of a model.
    """
    for name, key in _WORDS:
        records = table(name, column(key))
        words = connection.execute(select(records.c[key]).where(records.c[key].is_not(None)).distinct()).scalars().all()
        for word in words:
            if rename(word) != word:
                connection.execute(update(records).where(records.c[key] == word).values({key: rename(word)}))
    for name, version, card in connection.execute(select(_MODELS.c.name, _MODELS.c.version, _MODELS.c.card)).all():
        if (renamed := rename_kinds(card, rename_kind)) != card:
            connection.execute(update(_MODELS).where(_MODELS.c.name == name, _MODELS.c.version == version).values(card=renamed))


def rename_kinds(card: Mapping[str, Any], rename: Callable[[str], str] = canonical_kind) -> dict[str, Any]:
    """Rename the kinds of models that a card names: its own, the chosen one, and those in `metrics` and `weights`.

    Args:
        card: Card of a model.
        rename: Returns the new name of a kind.

    Example:
        >>> rename_kinds({"kind": "blend", "chosen": {"weights": {"latent": 0.5}}})
        {'kind': 'blend', 'chosen': {'weights': {'pure_svd': 0.5}}}
    """
    return {key: _renamed(key, value, rename) for key, value in card.items()}


def _renamed(key: str, value: Any, rename: Callable[[str], str]) -> Any:  # noqa: ANN401  # whatever JSON holds
    if key == "kind" and isinstance(value, str):
        return rename(value)
    if key == "chosen" and isinstance(value, Mapping):
        return rename_kinds(value, rename)
    if key in _KINDS and isinstance(value, Mapping):
        return {rename(name): facts for name, facts in value.items()}
    return value
