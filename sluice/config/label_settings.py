"""Read what sluice.yaml says of the labels of a dataset's rows."""

from __future__ import annotations

from pathlib import Path

from sluice.config.model import Step
from sluice.config.models import Config
from sluice.config.source_models import FileSource

CLEANER = "cell_errors"
_PATTERN = frozenset("*?[{")


def label_step(config: Config, dataset: str) -> Step | None:
    """Return the cleaner that learns from the labels of a dataset; None where it has none."""
    return next((step for step in config.datasets[dataset].clean if step.name == CLEANER), None)


def compared_columns(config: Config, dataset: str) -> tuple[str, ...]:
    """Return the columns that the cleaner of a dataset names; none where it names none."""
    step = label_step(config, dataset)
    columns = step.settings.get("columns", ()) if step else ()
    return tuple(map(str, columns)) if isinstance(columns, list | tuple) else ()


def label_path(config: Config, dataset: str) -> Path:
    """Return the file of the labels of a dataset: the one that its cleaner's dataset of labels reads, where that is one file, else labels/DATASET.csv."""
    return Path(config.path(_file_read(config, dataset) or f"labels/{dataset}.csv"))


def is_read(config: Config, dataset: str) -> bool:
    """Return True where a dataset of labels reads the file of the labels."""
    return bool(_file_read(config, dataset))


def _file_read(config: Config, dataset: str) -> str:
    """Return the one file that the dataset of labels reads; nothing where there is no such dataset, or it reads several."""
    step = label_step(config, dataset)
    labels = config.datasets.get(str(step.settings.get("dataset", ""))) if step else None
    files = labels.source.files if labels is not None and isinstance(labels.source, FileSource) else ""
    return files if files.endswith(".csv") and "://" not in files and not _PATTERN & set(files) else ""
