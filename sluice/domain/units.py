"""Convert units of mass, length and volume, and read the signs of currencies."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

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
    "euros": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "元": frozenset({"CNY", "TWD", "HKD"}),
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
    "tl": frozenset({"TRY"}),
    "kč": frozenset({"CZK"}),
    "฿": frozenset({"THB"}),
    "₫": frozenset({"VND"}),
    "₪": frozenset({"ILS"}),
    "₴": frozenset({"UAH"}),
    "₱": frozenset({"PHP"}),
    "c$": frozenset({"CAD"}),
    "ca$": frozenset({"CAD"}),
    "a$": frozenset({"AUD"}),
    "au$": frozenset({"AUD"}),
    "nz$": frozenset({"NZD"}),
    "s$": frozenset({"SGD"}),
    "hk$": frozenset({"HKD"}),
    "nt$": frozenset({"TWD"}),
    "mx$": frozenset({"MXN"}),
    "lei": frozenset({"RON"}),
    "rs": frozenset({"INR", "PKR"}),
    "rp": frozenset({"IDR"}),
    "\u0440\u0443\u0431": frozenset({"RUB"}),
    "人民币": frozenset({"CNY"}),
    "美元": frozenset({"USD"}),
    "欧元": frozenset({"EUR"}),
    "英镑": frozenset({"GBP"}),
    "港元": frozenset({"HKD"}),
    "港币": frozenset({"HKD"}),
    "日元": frozenset({"JPY"}),
    "韩元": frozenset({"KRW"}),
    "원": frozenset({"KRW"}),
}
FULL_WIDTH_SIGNS: Mapping[str, str] = {"￥": "¥", "￡": "£", "￦": "₩", "\uff04": "$", "\uff05": "%"}  # as East Asian input methods write them
_FOLD = str.maketrans(dict(FULL_WIDTH_SIGNS))
_MORE_CODES = frozenset(
    {"HUF", "RON", "BGN", "ISK", "ZAR", "IDR", "MYR", "TWD", "AED", "SAR", "QAR", "KWD", "EGP", "KES", "NGN", "ARS", "CLP", "COP", "PKR", "BDT"}
)
_CODES = _MORE_CODES.union(*SIGNS.values())
LONGEST_UNIT = max(map(len, (*UNITS, *SIGNS, *_CODES)))  # characters of the name of a unit or currency


def normalize_unit(unit: str) -> str:
    """Normalize a unit for look-up: lower case, without points and blanks, full-width signs as their usual forms.

    Example:
        >>> normalize_unit(" ￥")
        '¥'
    """
    return "".join(unit.split()).replace(".", "").translate(_FOLD).lower()


def conversion_factor(source: str, target: str) -> float | None:
    """Return the factor that converts a number from one unit to another; None where the units measure different quantities.

    Example:
        >>> conversion_factor("kg", "g")
        1000.0
    """
    from_unit, to_unit = UNITS.get(normalize_unit(source)), UNITS.get(normalize_unit(target))
    if from_unit is None or to_unit is None or from_unit[0] != to_unit[0]:
        return None
    return from_unit[1] / to_unit[1]


def exact_factor(source: str, target: str) -> Decimal:
    """Return the factor from one unit to another of the same quantity, as a decimal number.

    Example:
        >>> exact_factor("lb", "g")
        Decimal('453.59237')
    """
    return Decimal(str(UNITS[normalize_unit(source)][1])) / Decimal(str(UNITS[normalize_unit(target)][1]))


def currency_codes(sign: str) -> frozenset[str]:
    """Return the ISO 4217 codes that a sign or a code may stand for; empty where it is no currency."""
    code = sign.strip().upper()
    return frozenset({code}) if code in _CODES else SIGNS.get(normalize_unit(sign), frozenset())


def join_units(before: str, after: str) -> str:
    """Return the unit around a number; of several names of one currency, such as `¥` and `元`, the one that fewest currencies share.

    Example:
        >>> join_units("¥", "元"), join_units("", "kg"), join_units("US$", "CAD")
        ('¥', 'kg', 'US$CAD')
    """
    names = [before, *after.split()] if before else after.split()
    codes = [currency_codes(name) for name in names]
    if codes and frozenset.intersection(*codes):
        return min(zip(codes, names, strict=True), key=lambda pair: len(pair[0]))[1]
    return f"{before}{after}".strip()


def name_unit(text: str) -> str | None:
    """Return the unit of measure or the currency that stands beside a number: the code of a currency, or its sign where it may be of several; else None.

    Example:
        >>> name_unit("US$"), name_unit("kr"), name_unit(" Kg"), name_unit("approx")
        ('USD', 'kr', 'kg', None)
    """
    name, codes = normalize_unit(text), currency_codes(text.replace(".", ""))
    if codes:
        return next(iter(codes)) if len(codes) == 1 else name
    return name if name in UNITS or name == "%" else None


def spellings(unit: str) -> frozenset[str]:
    """Return every spelling of a unit of measure, or the code and signs of a currency; the unit alone where it is neither.

    Example:
        >>> sorted(spellings("EUR"))
        ['eur', 'euro', 'euros', '€', '欧元']
    """
    name = normalize_unit(unit)
    if name in UNITS:
        return frozenset(other for other, measure in UNITS.items() if measure == UNITS[name])
    codes = currency_codes(unit)
    return frozenset({name, *(code.lower() for code in codes if len(codes) == 1), *(sign for sign, meanings in SIGNS.items() if meanings & codes)})
