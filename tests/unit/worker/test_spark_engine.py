"""What is handed to the executors of a cluster holds no address of a database."""

from __future__ import annotations

from pathlib import Path

from sluice.config import load
from sluice.worker.spark.engine import without_secrets

CONFIG = """
database: postgresql://sluice:database-word@db/sluice
alerts: ["mailto://user:alert-word@mail.example"]
engine: spark
spark: {remote: "sc://cluster:443/;token=remote-word"}
datasets:
  orders:
    source: {url: "postgresql://reader:source-word@shop/orders", table: orders, watermark: id}
    columns: {id: {type: integer}}
"""


def test_no_password_is_handed_over(tmp_path: Path) -> None:
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    text = repr(without_secrets(load(tmp_path / "sluice.yaml", {})))
    assert "orders" in text
    assert "-word" not in text
