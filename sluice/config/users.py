"""Settings of `recommender.users` in sluice.yaml: where attributes of users are, and which of them models may read."""

from __future__ import annotations

from pydantic import Field

from sluice.config.model import Model, Name


class Users(Model):
    """Declare attributes of users; each is read only where that foretells choices better, and of personal columns no value is stored."""

    dataset: Name = Field(description="dataset with a row for each user")
    user: str | None = Field(None, description="its column that names the user, where its name differs from that in events")
    columns: tuple[str, ...] = Field(min_length=1, description="its columns that the user tower and the conversion model may read; text, numbers or booleans")
