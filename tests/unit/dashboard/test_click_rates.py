"""The page of the recommender shows what shoppers clicked on, where that is logged."""

from __future__ import annotations

from typing import Any

import pytest
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from dashboard.widgets.click_rates import format_rate
from sluice.domain import Artifact
from sluice.domain.exposures import ClickRate
from sluice.errors import UsageError


def logging_shop(own: Any) -> None:
    """Edit the shop's settings, so that exposures are logged."""
    text = own.path.read_text()
    own.path.write_text(text.replace("time: ts}", "time: ts, exposures: {window: 6h, report: 14d}}"))


def tables(app: AppTest) -> list[Any]:
    return [table.value for table in app.dataframe if "Clicks" in table.value.columns]


def test_each_version_has_a_row_with_its_interval(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    logging_shop(own)
    monkeypatch.setattr("sluice.wiring.exposures.rates", lambda *_: [ClickRate(4, 10, 5, 100, 10, 0.0552, 0.1744)])
    app = own.page("recommender", monkeypatch)
    assert not app.exception
    (table,) = tables(app)
    assert table.iloc[0].tolist() == [4, 10, 5, 100, 10, "10.00%", "5.52% to 17.44%"]
    assert any("Of the last 14 days" in caption.value and "6 hours" in caption.value for caption in app.caption)


def test_a_candidate_is_named_with_what_its_clicks_say(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    logging_shop(own)
    text = own.path.read_text().replace("window: 6h", "window: 6h, users: plain")
    own.path.write_text(text.replace("report: 14d}}", "report: 14d}, canary: {min_users: 5}}"))
    models = own.store.models
    models.save("recommender", Artifact(save({}), {}), "champion", at=own.config.clock)
    version = models.save("recommender", Artifact(save({}), {}), "evaluating", at=own.config.clock).version
    models.finish_evaluation("recommender", version, "blessed", {})
    app = own.page("recommender", monkeypatch)
    assert not app.exception
    evidence = f"Version {version} is shown to some users: 0 users got it and 0 the champion; 5 of each are needed to decide."
    assert evidence in [element.value.replace("\\", "") for element in app.markdown]


def test_a_missing_key_is_named_and_breaks_nothing(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    logging_shop(own)

    def refuse(*_: object) -> list[ClickRate]:
        raise UsageError("the key is not set")

    monkeypatch.setattr("sluice.wiring.exposures.rates", refuse)
    app = own.page("recommender", monkeypatch)
    assert not app.exception
    assert any("the key is not set" in caption.value for caption in app.caption)


def test_nothing_is_shown_where_nothing_is_logged(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not tables(own.page("recommender", monkeypatch))


def test_small_rates_are_told_apart() -> None:
    assert [format_rate(share) for share in (0.0007, 0.0712)] == ["0.07%", "7.12%"]
