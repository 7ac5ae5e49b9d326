"""sluice.yaml: every mistake at once, each with its line and what was meant."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from sluice.config import load, parse_duration, read
from sluice.config.alert_names import IMPLIED
from sluice.errors import ConfigError, UsageError

GOOD = """
datasets:
  events:
    source: {files: "landing/*.csv", separator: ";"}
    every: 1d
    columns:
      id: {type: string, required: true}
      answer: {type: string}
    clean:
      - parse
      - deduplicate: {window: 5s, on: no}
"""


def problems(text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text.encode(), "sluice.yaml", environment)
    return str(caught.value).splitlines()


def test_a_good_file_becomes_values() -> None:
    config = read(GOOD.encode(), "sluice.yaml", {})
    events = config.datasets["events"]
    assert events.every == timedelta(days=1)
    assert [step.name for step in events.clean] == ["parse", "deduplicate"]
    assert events.schema_of("events").names == ("id", "answer")


def test_no_is_text() -> None:
    step = read(GOOD.encode(), "sluice.yaml", {}).datasets["events"].clean[1]
    assert step.settings["on"] == "no"


def test_all_mistakes_are_told_at_once_with_their_lines_and_what_was_meant() -> None:
    text = GOOD.replace("every:", "evry:").replace("type: string, required", "typ: string, required").replace("separator", "seperator")
    assert problems(text) == [
        "sluice.yaml:4: datasets.events.source.seperator: unknown key; did you mean separator?",
        "sluice.yaml:5: datasets.events.evry: unknown key; did you mean every?",
        "sluice.yaml:7: datasets.events.columns.id.typ: unknown key; did you mean type?",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\nb: *x\n", "sluice.yaml:2: YAML: aliases (*name) are not read; write the value out"),
        ("datasets: [\n", "sluice.yaml:2: YAML: "),
        ("a: 1\na: 2\n", "sluice.yaml:2: YAML: found duplicate key"),
        ("", "sluice.yaml:1: file: must hold keys and values"),
        ("- 1\n", "sluice.yaml:1: file: must hold keys and values"),
    ],
)
def test_what_is_no_configuration_is_told_in_one_line(text: str, message: str) -> None:
    (line,) = problems(text)
    assert line.startswith(message)


def test_a_setting_of_another_form_is_named_in_words_of_yaml(tmp_path: Path) -> None:
    path = tmp_path / "sluice.yaml"
    path.write_text("""
alerts: [{name: desk, to: "json://127.0.0.1/", quiet: "20:00-08:00", when: night}]
datasets:
  items: {source: {files: "a/*.csv"}, columns: [sku], clean: parse}
""")
    with pytest.raises(ConfigError) as error:
        load(path)
    keys, values = "must be keys with values, as in {key: value}", "must be a list, in brackets: [value, ...]"
    assert {(problem.where, problem.message) for problem in error.value.problems} == {
        ("alerts.0.quiet", values),
        ("alerts.0.when", keys),
        ("datasets.items.columns", keys),
        ("datasets.items.clean", values),
    }


def test_a_file_that_is_not_utf8_is_told() -> None:
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read("shop: Müller".encode("latin-1"), "sluice.yaml", {})


def test_secrets_come_from_the_environment() -> None:
    text = GOOD + 'alerts: ["json://${TOKEN}@host", "${OTHER:-mailto://x}"]\n'
    assert read(text.encode(), "sluice.yaml", {"TOKEN": "s3"}).alerts == ("json://s3@host", "mailto://x")
    assert problems(text) == ["sluice.yaml:12: alerts.0: the environment variable TOKEN is not set"]


def test_key_and_time_must_be_declared() -> None:
    (line,) = problems(GOOD.replace("every: 1d", "key: [nope]"))
    assert "nope is not one of id, answer" in line


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="sluice init"):
        load(tmp_path / "sluice.yaml")


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "sluice.yaml").write_text(GOOD)
    config = load(tmp_path / "sluice.yaml", {})
    assert config.path("landing") == str(tmp_path / "landing")
    assert config.database_url == f"sqlite:///{tmp_path}/.sluice/sluice.db"


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("1.5h", 5400), ("2w", 1209600)])
def test_spans_of_time(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


def test_alerts_are_chosen_by_what_is_configured() -> None:
    when = """when: {datasets: [event], rules: [key_uniqe, parse, "*:answer", "cast:idd", "*prize*"], segments: {id: [a]}, hours: "08:00-18:00", days: [mon]}"""
    text = f"{GOOD}alerts:\n  - name: desk\n    to: json://x\n    {when}\n"
    assert problems(text) == ["sluice.yaml:15: alerts.0.when.datasets.0: there is no dataset event; did you mean events?"]
    assert problems(text.replace("[event]", "[events]")) == [
        "sluice.yaml:15: alerts.0.when.rules.0: no rule of events is called key_uniqe; did you mean key_unique?",
        "sluice.yaml:15: alerts.0.when.rules.3: no rule of events is called cast:idd; did you mean id?",
        "sluice.yaml:15: alerts.0.when.rules.4: no rule of events is called *prize*; " + RULES,
        "sluice.yaml:15: alerts.0.when.segments.id: id is in no `score_by` of events, and batches are scored by those columns alone",
    ]
    assert problems(text.replace("08:00-18:00", "8-18")) == ["sluice.yaml:15: alerts.0.when.hours: 8-18 are no hours, such as 08:00-18:00 or 22:00-07:00"]


def test_an_address_has_quiet_hours_a_digest_and_another_one_to_escalate_to() -> None:
    text = (
        GOOD
        + """alerts:
  - {name: desk, to: "json://a", quiet: ["22:00-07:00", {days: [sat], zone: Asia/Tokyo}], max_per_hour: 3, escalate: {to: boss, after: 4h}}
  - {name: boss, to: "json://b", remind: null, digest: "08:30"}
"""
    )
    desk, boss = read(text.encode(), "sluice.yaml", {}).routing.routes
    assert (desk.max_per_hour, desk.remind, desk.escalate_to, desk.escalate_after) == (3, timedelta(days=1), "boss", timedelta(hours=4))
    assert [(hours.start, hours.end, sorted(hours.days), hours.zone) for hours in desk.quiet] == [
        (time(22), time(7), [0, 1, 2, 3, 4, 5, 6], "UTC"),
        (time(), time(), [5], "Asia/Tokyo"),
    ]
    assert (boss.escalations_only, boss.remind, boss.digest) == (True, None, time(8, 30))
    assert problems(text.replace("to: boss", "to: bos")) == ["sluice.yaml:13: alerts.0.escalate.to: no other address is called bos; did you mean boss?"]
    assert problems(text.replace("08:30", "8h")) == ["sluice.yaml:14: alerts.1.digest: 8h is no time of day, such as 08:00"]


RULES = "known: " + ", ".join(sorted({*IMPLIED, "parse"}))
