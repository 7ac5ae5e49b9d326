"""Take rows that another system posts, such as a webhook of a shop system."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import Field, computed_field

from sluice.api.answers import Answer
from sluice.api.operation import Call, Operation, require_dataset
from sluice.api.parameters import DatasetName, Parameters
from sluice.app.landing import MEDIA_TYPES, land


class PostedRows(Parameters):
    """Hold the rows: a file of the form that the dataset reads, as the body."""

    dataset: DatasetName
    media: str
    content: bytes = Field(exclude=True, repr=False)
    sender: tuple[str, str] | None = Field(None, exclude=True, repr=False)

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def digest(self) -> str:
        """Return what tells this body from others: a key belongs to one."""
        return hashlib.sha256(self.content).hexdigest()


class LandedAnswer(Answer):
    """Say that rows are landed: they are on disk, and a batch at the next run."""

    state: Literal["landed"]
    dataset: str
    file: str = Field(description="name of the file in the landing folder of the dataset")
    rows: int = Field(description="number of its rows")
    similar: list[str] = Field(description="undeclared columns whose names are similar to those of declared ones that are missing")


def _land(call: Call, posted: PostedRows) -> object:
    dataset = require_dataset(call, posted.dataset)
    call.require_role("steward", dataset)
    landed = land(call.app, dataset, posted.content, posted.media, posted.sender)
    return {"state": "landed", "dataset": dataset, "file": landed.file, "rows": landed.rows, "similar": list(landed.similar)}


OPERATIONS = (
    Operation(
        "landRows",
        "POST",
        "/v1/land/{dataset}",
        "Land rows for a dataset: they are checked, and on disk before the answer.",
        PostedRows,
        LandedAnswer,
        _land,
        role="steward",
        status=202,
        takes=MEDIA_TYPES,
    ),
)
