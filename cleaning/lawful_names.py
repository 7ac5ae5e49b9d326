"""Tell by its name whether a column may determine another, or be determined: not the choices of a buyer, a state of an order, an option."""

from __future__ import annotations

import re

from sluice.rules.naming.column_names import words
from sluice.rules.naming.vocabulary import split_words

_FREE = split_words(
    "option options status payment gateway tag tags keywords unit units shipping billing coupon voucher discount note notes remark comment province"
    " zahlung zahlungsart zahlungsmethode einheit versand lieferung rechnungsadresse gutschein paiement statut livraison pago estado envio"
)
_FREE_HAN = re.compile("状态|支付|付款|单位|选项|标签|优惠|备注|省")
_TITLES = split_words("title titel titre titulo")


def may_follow(name: str) -> bool:
    """Return True for a column that may depend on another: titles are written one by one, and so determine but depend on nothing.

    Example:
        >>> may_follow("brand"), may_follow("Title"), may_follow("Option2 Name")
        (True, False, False)
    """
    return may_determine(name) and not set(words(name)) & _TITLES


def may_determine(name: str) -> bool:
    """Return True for a column whose values may say what stands in another.

    Example:
        >>> may_determine("Title"), may_determine("Financial Status"), may_determine("Variant Weight Unit"), may_determine("付款方式")
        (True, False, False, False)
    """
    return not set(words(name)) & _FREE and _FREE_HAN.search(name) is None
