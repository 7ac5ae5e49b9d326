"""Suggest what two prices of one row say of each other: a reduced price is not above the regular one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checks.suggestions import Suggestion, flag_step
from checks.suggestions.nulls import least_filled
from sluice.domain import Column, Message
from sluice.rules.naming.column_names import words
from sluice.rules.naming.vocabulary import split_words

_MIN_ROWS = 30  # rows with both prices
_MIN_SHARE = 0.98
_PRICE = split_words("price preis prix precio prezzo preco prijs cena msrp rrp uvp prices")
_PRICE_ENDINGS = ("preis", "price")
_REGULAR = split_words(
    "regular list listed compare msrp rrp uvp original old retail strike was full normal before listen streich normalpreis listenpreis streichpreis barre"
    " antes lista"
)
_REDUCED = split_words(
    "sale special promo promotion promotional discounted discount reduced offer current final now angebot aktion aktions sonderpreis aktionspreis"
    " angebotspreis promotionnel solde oferta rebajado"
)
_HAN_REGULAR, _HAN_REDUCED = ("原价", "市场价", "吊牌价", "划线价"), ("促销价", "折后价", "特价", "活动价", "优惠价")


def suggest(present: Sequence[Column], rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Suggest that the regular price is not below the reduced one, where nearly all rows with both say so.

    Args:
        present: Columns of the rows.
        rows: Some rows of the dataset.
    """
    prices = [column.name for column in present if column.type in ("integer", "number") and _is_price(column.name)]
    for regular, reduced in _pairs(prices):
        both = rows.filter(pl.col(regular) > 0, pl.col(reduced) > 0)
        ordered = both.filter(pl.col(regular) >= pl.col(reduced)).height
        if both.height >= _MIN_ROWS and ordered >= _MIN_SHARE * both.height and not both[regular].equals(both[reduced]):
            yield flag_step(
                "expect_column_pair_values_a_to_be_greater_than_b",
                Message.of("suggested_order", ordered=ordered, rows=both.height),
                column_A=regular,
                column_B=reduced,
                or_equal=True,
                ignore_row_if="either_value_is_missing",
                mostly=least_filled(ordered, both.height),
            )


def _is_price(name: str) -> bool:
    return any(part in _PRICE or part.endswith(_PRICE_ENDINGS) for part in words(name)) or "价" in name


def _pairs(prices: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each higher price with each lower one of the same words; a plain price is below a regular one, and above a reduced one."""
    kinds = {name: (_kind(name), _others(name)) for name in prices}
    for first, (one, of_first) in kinds.items():
        for second, (other, of_second) in kinds.items():
            if of_first == of_second and (one, other) in {("regular", "reduced"), ("regular", "plain"), ("plain", "reduced")}:
                yield first, second


def _kind(name: str) -> str:
    parts = set(words(name))
    if parts & _REDUCED or any(part in name for part in _HAN_REDUCED):
        return "reduced"
    return "regular" if parts & _REGULAR or any(part in name for part in _HAN_REGULAR) else "plain"


def _others(name: str) -> frozenset[str]:
    """Return the words of a price that say what it is of, such as the variant."""
    rest = set(words(name)) - _PRICE - _REGULAR - _REDUCED - {"at", "pricing", "amount"}
    return frozenset(part for part in rest if "价" not in part)
