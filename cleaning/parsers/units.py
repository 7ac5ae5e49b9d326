"""Units of mass, length and volume, and the signs of currencies."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, Mapping[float, str]] = {  # quantity -> size in its base unit -> names
    "mass": {
        0.001: "mg milligram milligrams",
        1.0: "g gr gram grams gramm gramme 克",
        1000.0: "kg kgs kilo kilos kilogram kilograms kilogramm 公斤 千克",
        28.349523125: "oz ounce ounces",
        453.59237: "lb lbs pound pounds #",
    },
    "length": {
        0.001: "mm millimeter millimeters millimetre millimetres 毫米",
        0.01: "cm centimeter centimeters centimetre centimetres 厘米",
        1.0: "m meter meters metre metres 米",
        1000.0: "km kilometer kilometers kilometre kilometres",
        0.0254: 'in inch inches " \u2033',
        0.3048: "ft foot feet ' \u2032",
        0.9144: "yd yard yards",
    },
    "volume": {
        0.001: "ml milliliter milliliters millilitre millilitres 毫升",
        0.01: "cl centiliter centiliters centilitre centilitres",
        1.0: "l liter liters litre litres 升",
        0.0295735295625: "floz fluidounce fluidounces",
        0.473176473: "pt pint pints",
        3.785411784: "gal gallon gallons",
    },
}
UNITS: Mapping[str, tuple[str, float]] = {
    name: (quantity, size) for quantity, sizes in _NAMES.items() for size, names in sizes.items() for name in names.split()
}
SIGNS: Mapping[str, frozenset[str]] = {  # sign -> the ISO 4217 codes that it may stand for
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"}),
    "us$": frozenset({"USD"}),
    "€": frozenset({"EUR"}),
    "euro": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "元": frozenset({"CNY"}),
    "円": frozenset({"JPY"}),
    "rmb": frozenset({"CNY"}),
    "₹": frozenset({"INR"}),
    "₩": frozenset({"KRW"}),
    "kr": frozenset({"SEK", "NOK", "DKK"}),
    "zł": frozenset({"PLN"}),
    "r$": frozenset({"BRL"}),
    "fr": frozenset({"CHF"}),
    "₽": frozenset({"RUB"}),
    "₺": frozenset({"TRY"}),
}
_CODES = frozenset().union(*SIGNS.values(), {"CZK", "HUF"})


def plain(unit: str) -> str:
    """A unit as it is looked up: without case, points and blanks."""
    return "".join(unit.split()).replace(".", "").lower()


def factor(found: str, wanted: str) -> float | None:
    """What a number in one unit is multiplied by to be in another; None where the two do not measure the same."""
    source, target = UNITS.get(plain(found)), UNITS.get(plain(wanted))
    if source is None or target is None or source[0] != target[0]:
        return None
    return source[1] / target[1]


def currencies(sign: str) -> frozenset[str]:
    """The codes that a sign or code may stand for; none where it is not one."""
    code = sign.strip().upper()
    return frozenset({code}) if code in _CODES else SIGNS.get(plain(sign), frozenset())
