"""Read from the configuration which columns of which datasets name the same people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sluice.config import Config, LogSource
from sluice.wiring.order import references_of

_Place = tuple[str, str]  # a dataset and a column


def user_column(config: Config) -> str | None:
    """Return the column that names users, as the recommender reads it; None where there is no recommender."""
    return config.recommender.user if config.recommender else None


def identifier_columns(config: Config, column: str) -> Mapping[str, tuple[str, ...]]:
    """Return by dataset the columns that hold the same identifiers as a column.

    These are the columns of its name, those that rules compare with one of them (`expect_column_values_to_exist_in_dataset`), and for the user column
    of the recommender those that it reads users from, and that of the log of exposures.

    Args:
        config: The configuration.
        column: Name of a column.
    """
    edges = [*_references(config), *_of_recommender(config)]
    places = {(name, column) for name, dataset in config.datasets.items() if column in dataset.schema_of(name).names}
    while more := {other for pair in edges for other in pair if {*pair} & places} - places:
        places |= more
    return {name: tuple(sorted(one for dataset, one in places if dataset == name)) for name in config.datasets if any(dataset == name for dataset, _ in places)}


def personal_columns(config: Config, dataset: str) -> tuple[str, ...]:
    """Return the personal columns of a dataset, by the names that they have in older versions of its tables too."""
    return with_former_names(config, dataset, [column.name for column in config.datasets[dataset].schema_of(dataset).columns if column.personal])


def with_former_names(config: Config, dataset: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Return columns of a dataset with the names that they had before (`was`), but for names that other columns have now."""
    schema = config.datasets[dataset].schema_of(dataset)
    was = {column.name: column.was for column in schema.columns if column.was and column.was not in schema.names}
    return tuple(dict.fromkeys(name for column in columns for name in (column, was.get(column)) if name))


def _references(config: Config) -> Iterator[tuple[_Place, _Place]]:
    for name in config.datasets:
        for referenced in config.datasets:
            for rule in references_of(config, name, referenced) if name != referenced else ():
                yield (name, rule.column), (referenced, rule.key)


def _of_recommender(config: Config) -> Iterator[tuple[_Place, _Place]]:
    if config.recommender:
        events = config.recommender.events, config.recommender.user
        yield from ((events, (name, "user")) for name, dataset in config.datasets.items() if isinstance(dataset.source, LogSource))
    if config.recommender and (relations := config.recommender.relations):
        for column in (relations.user, relations.related_user):
            yield (config.recommender.events, config.recommender.user), (relations.dataset, column)
    if config.recommender and (users := config.recommender.users):
        yield (config.recommender.events, config.recommender.user), (users.dataset, config.recommender.users_key)
