"""Log what a shop's people were shown, under the names that its settings ask for, and join their clicks to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from sluice.config import Config, Recommender
from sluice.config.exposures import Exposures
from sluice.domain.exposures import ClickRate, ShownList
from sluice.ports import Snapshot
from sluice.rules.click_rates import click_rates, mark_clicked
from sluice.store import SqlStore
from sluice.wiring.forget_key import read_pseudonyms
from sluice.wiring.recommender import newest_event, settings_of
from sluice.wiring.suppression import suppression_list

NOBODY = "command line"  # place of answers that somebody of the shop looked at; click-through rates leave them out,
SHADOW = "shadow"  # and those that a candidate gave and nobody saw


def user_names(config: Config, store: SqlStore) -> Callable[[str], str | None]:
    """Return what gives the name under which a user is logged.

    Raises:
        UsageError: Users are logged as pseudonyms, and the key is not set, or is another than people were forgotten under.
    """
    settings = settings_of(config)
    column = config.datasets[settings.events].columns.get(settings.user)
    how = (settings.exposures.users if settings.exposures else None) or ("pseudonym" if column and column.personal else "plain")
    if how == "none":
        return lambda _user: None
    if how == "plain":
        return lambda user: user
    pseudonyms = read_pseudonyms(store.suppressions.all())
    return lambda user: pseudonyms.users(pseudonyms.digest(user))[0]


@dataclass(frozen=True, slots=True)
class ExposuresOfShop:
    """Log lists; a person who was forgotten is logged as a visitor without an id.

    Attributes:
        config: The configuration.
        store: The records.
    """

    config: Config
    store: SqlStore

    def require_key(self) -> None:
        """Refuse to serve where users are to be logged as pseudonyms without a key.

        Raises:
            UsageError: They are.
        """
        user_names(self.config, self.store)

    def add(self, lists: Sequence[ShownList]) -> None:
        """Log lists.

        Raises:
            SluiceError: The database does not answer, or the key under which people were forgotten is not there.
        """
        settings, name = settings_of(self.config), user_names(self.config, self.store)
        people = suppression_list(self.config, self.store, settings.events)

        def stored(user: str | None) -> str | None:
            return None if not user or (people and people.owner(settings.user, user)) else name(user)

        self.store.exposures.add([replace(one, user=stored(one.user)) for one in lists])


def rates(config: Config, store: SqlStore, now: datetime) -> list[ClickRate]:
    """Return the click-through rate of each version that was shown lately, the newest first; none where nothing is logged.

    Raises:
        SluiceError: The store does not answer, or the key of pseudonyms is not there.
    """
    log = config.recommender.exposures if config.recommender else None
    return [] if log is None else click_rates(outcomes(config, store, log, now - log.report, now))


def outcomes(config: Config, store: SqlStore, log: Exposures, since: datetime, now: datetime) -> pl.DataFrame:
    """Return what was shown in a time and whether its user clicked on it, as `rules.click_rates.mark_clicked` does.

    Args:
        config: The configuration.
        store: The records and rows.
        log: Its settings of exposures.
        since: Begin of the time.
        now: Its end.

    Raises:
        SluiceError: The store does not answer, or the key of pseudonyms is not there.
    """
    settings, snapshot, name = settings_of(config), store.snapshot(), user_names(config, store)
    exposures = store.exposures.since(since, without_places=(NOBODY, SHADOW))
    clicks = read_clicks(snapshot, settings, since, now)
    users = clicks["user"].unique()
    names = pl.DataFrame({"user": users, "name": [name(user) for user in users.to_list()]}, schema={"user": pl.String, "name": pl.String})
    named = clicks.join(names.drop_nulls(), on="user").select("item", "time", user="name")
    return mark_clicked(_without_label(exposures), _without_label(named), log.window, newest_event(snapshot, settings, now))


def _without_label(rows: pl.DataFrame) -> pl.DataFrame:
    """Name users as earlier versions did, whose names do not say under which key: they are in the log beside the others until these expire."""
    return rows.with_columns(pl.col("user").str.replace(r"^user-[0-9a-f]{8}-([0-9a-f]{32})$", "user-${1}"))


def read_clicks(snapshot: Snapshot, settings: Recommender, since: datetime, until: datetime) -> pl.DataFrame:
    """Return the published clicks of a time: `user`, `item` and `time`."""
    rows = snapshot.published(settings.events)
    if settings.time not in rows.collect_schema().names():
        return pl.DataFrame(schema={"user": pl.String, "item": pl.String, "time": pl.Datetime("us", "UTC")})
    if settings.kind and settings.click_kinds:
        rows = rows.filter(pl.col(settings.kind).cast(pl.String).is_in(list(settings.click_kinds)))
    time = pl.col(settings.time).cast(pl.Datetime("us", "UTC"))
    clicks = rows.filter(time >= since, time <= until).select(user=pl.col(settings.user).cast(pl.String), item=pl.col(settings.item).cast(pl.String), time=time)
    return clicks.drop_nulls().collect()
