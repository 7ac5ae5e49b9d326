"""What a topic may be configured as."""

from __future__ import annotations

import pytest

from sluice.config import KafkaSource, read
from sluice.errors import ConfigError

TEXT = "datasets: {orders: {source: {kafka: 'b:9092', topic: orders%s}, columns: {id: {type: string}}%s}}"


def test_a_source_with_a_topic_is_one_of_kafka() -> None:
    config = read((TEXT % (", options: {security.protocol: SSL}, since: 2026-03-01", "")).encode(), "sluice.yaml", {})
    source = config.datasets["orders"].source
    assert isinstance(source, KafkaSource)
    assert (source.topic, source.gone, dict(source.options), f"{source.since:%Y-%m-%d}") == ("orders", "stop", {"security.protocol": "SSL"}, "2026-03-01")


@pytest.mark.parametrize(
    ("source", "dataset", "problem"),
    [
        (", options: {group.id: mine}", "", r"group\.id cannot be set here"),
        (", options: {plugin.library.paths: evil}", "", r"plugin\.library\.paths cannot be set here"),
        ("", ", mode: snapshot", "the batches of a topic are no whole tables"),
        (", gone: ignore", "", "must be 'stop' or 'skip'"),
    ],
)
def test_what_sluice_sets_itself_and_what_is_no_batch_is_refused(source: str, dataset: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        read((TEXT % (source, dataset)).encode(), "sluice.yaml", {})
