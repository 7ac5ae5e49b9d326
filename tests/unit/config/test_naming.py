"""What `recommender` names in sluice.yaml is there, or is told with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sluice.config import read
from sluice.errors import ConfigError

READMES = [Path(__file__).parents[3] / name for name in ("README.md", "README.zh.md")]
GOOD = """datasets:
  clicks:
    source: {files: "landing/clicks/*.csv"}
    columns: {who: {}, what: {}, when: {type: timestamp}, did: {}, visit: {}, said: {}}
  goods:
    source: {files: "landing/goods/*.csv"}
    columns: {what: {}, label: {}, family: {}, picture: {}, earns: {type: number}, since: {type: date}, offer: {type: number}}
  friends:
    source: {files: "landing/friends/*.csv"}
    columns: {one: {}, other: {}}
recommender:
  events: clicks
  items: goods
  user: who
  item: what
  time: when
  kind: did
  title: label
  text: [label]
  image: picture
  attributes:
    - family
    - earns
  reviews: {dataset: clicks, item: what, text: said}
  relations: {dataset: friends, user: one, related_user: other}
  funnel: {impression: look, click: basket, purchase: buy, session: visit, features: [family, offer]}
  rerank:
    margin_column: earns
    released_at: since
    ads: {bid: offer}
"""


RULES = """  answers:
    never: ["stok<=0", ["family=wine", "earns>lots"]]
    again: [{where: "label=tea", after: 9d}]
"""


PEOPLE = """  users: {dataset: friends, user: one, columns: [others]}
  context: [hour, when, gadget]
"""


def test_attributes_of_users_and_context_are_declared_and_of_a_type_that_models_read() -> None:
    lines = problems(GOOD + PEOPLE)
    gadget, when, others = (next(line for line in lines if word in line) for word in ("no column gadget", "when of clicks", "no column others"))
    assert re.match(r"sluice.yaml:\d+: recommender.users.columns.0: friends declares no column others; did you mean other", others)
    assert re.match(r"sluice.yaml:\d+: recommender.context.1: when of clicks is declared as timestamp; this needs string or boolean or integer or number", when)
    assert re.match(r"sluice.yaml:\d+: recommender.context.2: clicks declares no column gadget", gadget)
    assert len(lines) == 3
    assert read((GOOD + "  users: {dataset: friends, user: one, columns: [other]}\n  context: [hour, weekday]\n").encode(), "sluice.yaml", {}).recommender


def test_rules_of_answers_name_columns_of_the_items() -> None:
    lots, stok = problems(GOOD + RULES)
    assert re.match(r"sluice.yaml:\d+: recommender.answers.never.0: goods declares no column stok", stok)
    assert re.match(r"sluice.yaml:\d+: recommender.answers.never.1: earns of goods holds numbers; 'lots' is none", lots)
    (wrong,) = problems(GOOD + "  answers: {never: [sold out]}\n")
    assert "'sold out' is no filter" in wrong
    (order,) = problems(GOOD + "  answers: {always: [{item: a, begins: 2026-03-02, ends: 2026-03-01}]}\n")
    assert "ends must be later than begins" in order


def test_a_rule_may_name_any_column_and_the_key() -> None:
    config = read((GOOD + "  answers: {never: ['since<2020-01-01', 'what=i17'], always: [{item: i4, position: 2}]}\n").encode(), "sluice.yaml", {})
    assert config.recommender is not None
    assert "since" in config.recommender.item_columns
    assert "what" not in config.recommender.item_columns


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text.encode(), "sluice.yaml", {})
    return str(caught.value).splitlines()


def test_what_is_declared_may_be_named() -> None:
    settings = read(GOOD.encode(), "sluice.yaml", {}).recommender
    assert settings is not None
    assert settings.item_columns == ("label", "picture", "earns", "since", "offer", "family")


def test_every_column_that_is_not_declared_is_told_at_once_with_its_line() -> None:
    text = GOOD.replace("user: who", "user: whom").replace("    - earns", "    - earning").replace("released_at: since", "released_at: zest")
    assert problems(text.replace("session: visit", "session: vist").replace("bid: offer", "bid: offr")) == [
        "sluice.yaml:14: recommender.user: clicks declares no column whom; did you mean who?",
        "sluice.yaml:23: recommender.attributes.1: goods declares no column earning; did you mean earns?",
        "sluice.yaml:26: recommender.funnel.session: clicks declares no column vist; did you mean visit?",
        "sluice.yaml:29: recommender.rerank.released_at: goods declares no column zest; known: earns, family, label, offer, picture, since, what",
        "sluice.yaml:30: recommender.rerank.ads.bid: goods declares no column offr; did you mean offer?",
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ("time: when", "time: nope", "time"),
        ("kind: did", "kind: nope", "kind"),
        ("title: label", "title: nope", "title"),
        ("text: [label]", "text: [label, nope]", "text.1"),
        ("image: picture", "image: nope", "image"),
        ("text: said", "text: nope", "reviews.text"),
        ("user: one", "user: nope", "relations.user"),
        ("features: [family, offer]", "features: [nope]", "funnel.features.0"),
        ("margin_column: earns", "margin_column: nope", "rerank.margin_column"),
    ],
)
def test_each_setting_that_names_a_column_is_looked_at(right: str, wrong: str, where: str) -> None:
    (line,) = problems(GOOD.replace(right, wrong))
    assert f": recommender.{where}: " in line
    assert "declares no column nope" in line


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        (
            "margin_column: earns",
            "margin_column: label",
            "28: recommender.rerank.margin_column: label of goods is declared as string; this needs number or integer",
        ),
        ("bid: offer", "bid: since", "30: recommender.rerank.ads.bid: since of goods is declared as date; this needs number or integer"),
        (
            "released_at: since",
            "released_at: earns",
            "29: recommender.rerank.released_at: earns of goods is declared as number; this needs date or timestamp",
        ),
    ],
)
def test_a_column_that_cannot_hold_what_is_needed_is_told_with_its_line(right: str, wrong: str, problem: str) -> None:
    assert problems(GOOD.replace(right, wrong)) == [f"sluice.yaml:{problem}"]


def test_the_column_that_names_the_item_is_one_of_both_datasets() -> None:
    assert problems(GOOD.replace("  item: what", "  item: visit"))[0].startswith("sluice.yaml:15: recommender.item: goods declares no column visit")


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_examples_of_the_readme_are_one_configuration(readme: Path) -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    settings = read("".join(examples).encode(), "README.md", {}).recommender
    assert settings is not None
    assert settings.title == "title"


def test_a_dataset_that_is_not_configured_is_told_once_and_its_columns_are_not() -> None:
    assert problems(GOOD.replace("items: goods", "items: good")) == ["sluice.yaml:13: recommender.items: there is no dataset good; did you mean goods?"]
    assert problems(GOOD.replace("dataset: friends", "dataset: foes"))[0].endswith("there is no dataset foes; known: clicks, friends, goods")


def test_items_may_name_the_item_otherwise_than_events() -> None:
    settings = read(GOOD.replace("  item: what", "  item: visit\n  item_key: what").encode(), "sluice.yaml", {}).recommender
    assert settings is not None
    assert (settings.item, settings.catalog_item) == ("visit", "what")
    assert problems(GOOD.replace("  item: what", "  item: visit\n  item_key: nothing"))[0].startswith(
        "sluice.yaml:16: recommender.item_key: goods declares no column"
    )
