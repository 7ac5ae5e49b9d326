"""Record versions of the configuration: its texts, digest, author and approver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from sluice.domain import ConfigText, ConfigVersion, Message
from sluice.domain.configurations import VersionState
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.configurations import approval_refusal
from sluice.store.activity_log import log_act
from sluice.store.database import Database
from sluice.store.owners import this_process
from sluice.store.records import get_record, update_record
from sluice.store.tables import CONFIGURATIONS


class Configurations:
    """Read and write the versions of the configuration."""

    def __init__(self, database: Database, clock: Callable[[], datetime], *, shared: bool) -> None:
        """Keep the database, the clock that dates versions, and whether several machines may use it."""
        self._database, self._clock, self.shared = database, clock, shared

    @property
    def machine(self) -> str:
        """Return the name of this machine."""
        here = this_process()
        return f"{here.host}~{here.machine}"

    def in_force(self) -> ConfigVersion | None:
        """Return the version in force; None before the first one."""
        with self._database.read() as connection:
            row = _in_force(connection)
            return None if row is None else _to_version(row)

    def all(self) -> Sequence[ConfigVersion]:
        """Return all versions, the newest first."""
        with self._database.read() as connection:
            return [_to_version(row) for row in connection.execute(select(CONFIGURATIONS).order_by(CONFIGURATIONS.c.number.desc()))]

    def content(self, number: int) -> ConfigText:
        """Return the text of a version with its rule files; versions that an earlier program recorded have none.

        Raises:
            UsageError: There is none of that number.
        """
        with self._database.read() as connection:
            row = _require(connection, number)
            return ConfigText(str(row.text), row.files or {})

    def record(self, content: ConfigText, *, author: str, note: str = "", approved_by: str = "", state: VersionState = "live") -> ConfigVersion:
        """Record texts as the next version, or as a draft, with its entry in the activity log; where it is in force already, nothing is recorded."""
        digest = content.digest
        with self._database.write() as connection:
            former = _in_force(connection, for_update=True)
            if former is not None and former.digest == digest:
                return _to_version(former)
            number = int(connection.execute(select(func.max(CONFIGURATIONS.c.number))).scalar() or 0) + 1
            base = former.number if former else 0
            facts = {"author": author, "note": note, "at": self._clock(), "state": state, "approved_by": approved_by, "base": base, "machine": self.machine}
            texts = {"digest": digest, "text": content.text, "files": dict(content.files)}
            connection.execute(insert(CONFIGURATIONS).values(number=number, **texts, **facts))
            what = "change_config" if state == "live" else "draft_config"
            log_act(connection, at=self._clock(), who=author, what=what, subject=Message.of("about_config", version=number), reason=note)
            return _to_version(_require(connection, number))

    def approve(self, number: int, *, by: str, note: str = "") -> ConfigVersion:
        """Make a draft live, as somebody else than its author.

        Raises:
            UsageError: Nobody is named, it is no draft or that of who approves, or another version came into force since it was made.
        """
        if not by.strip():
            raise make_error(UsageError, "config_unnamed")
        with self._database.write() as connection:
            live = _in_force(connection, for_update=True)
            draft = _to_version(_require(connection, number))
            if refused := approval_refusal(draft, None if live is None else _to_version(live), by):
                raise make_error(UsageError, refused.code, **refused.params)
            row = update_record(connection, CONFIGURATIONS, number, state="live", approved_by=by.strip(), machine=self.machine)
            log_act(connection, at=self._clock(), who=by.strip(), what="approve_config", subject=Message.of("about_config", version=number), reason=note)
            return _to_version(row)


def version_of(connection: Connection, digest: str) -> int | None:
    """Return the number of the newest live version with a digest; None where there is none."""
    query = select(func.max(CONFIGURATIONS.c.number)).where(CONFIGURATIONS.c.digest == digest, CONFIGURATIONS.c.state == "live")
    number: int | None = connection.execute(query).scalar()
    return number


def _in_force(connection: Connection, *, for_update: bool = False) -> Row[Any] | None:
    query = select(CONFIGURATIONS).where(CONFIGURATIONS.c.state == "live").order_by(CONFIGURATIONS.c.number.desc()).limit(1)
    return connection.execute(query.with_for_update() if for_update else query).first()


def _require(connection: Connection, number: int) -> Row[Any]:
    row = get_record(connection, CONFIGURATIONS, number)
    if row is None:
        raise make_error(UsageError, "config_version_unknown", version=number)
    return row


def _to_version(row: Row[Any]) -> ConfigVersion:
    return ConfigVersion(row.number, row.digest, row.author, row.note, row.at, row.state, row.approved_by, row.base, row.machine)
