"""Infer whether a column holds numbers, with their unit and decimal separator."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sluice.config.checks import Check
from sluice.domain import EMPTY, CellFormat, Column, Message
from sluice.domain.truth import FALSE_WORDS, TRUE_WORDS
from sluice.domain.units import LONGEST_UNIT, UNITS, currency_codes, join_units, normalize_unit
from sluice.rules.naming.column_names import may_be_tax_number, words
from sluice.rules.naming.vocabulary import Role
from sluice.sources.cast import to_type
from sluice.sources.infer.evidence import MIN_SHARE, Inference, Values, describe_misfits

MIN_NAMED_SHARE = 0.6  # of plain numbers where the name says that the column holds a quantity, and `parse` reads nearly all others
MIN_REPEATS, MIN_REPEATED_SHARE = 3, 0.01  # of a word among numbers that is a habit, such as Free, and no error
MAX_ZEROS = 0.02  # share of values with leading zeros; more are a habit, and the values are codes
MAX_NAMED_ZEROS = 0.3  # the same, where the name says that the column holds a quantity
MIN_ID_DIGITS = 6  # digits of identifiers of fixed length
MIN_DENSITY = 0.5  # share of the whole numbers between the smallest and the largest that occur, in a column that counts
MIN_UNIT_SHARE = 0.5  # share of the values with a unit of measure or a percent sign; where fewer have it, the others may be in another unit
_SHORT_WORD = rf"^(?:\p{{L}}{{1,2}}|{'|'.join(sorted(word for word in TRUE_WORDS | FALSE_WORDS if word.isalpha()))})$"  # no garbage, but an answer
_AROUND = r"^([^\d+.,-]*)[+-]?[\d.,][\d.,' \u{a0}\u{202f}\u{2019}]*(.*)$"
_LEADING_ZERO = r"^[+-]?0\d"
_CODE = r"^[A-Za-z]{1,4}-?\d{3,}[A-Za-z]{0,2}$|^\d{3,}[A-Za-z]{1,2}$"  # letters at the ends of digits
_NO_CENTS = "-\u2013\u2014"  # after the mark of a whole amount, as in 199,-
_LETTERS_FIRST = r"^\p{L}{1,4}\d+$"  # a currency stands so before an amount, a unit of measure before no number
_COMMA = r"^[+-]?\d+,\d{1,2}$|^[+-]?\d+,\d{4,}$|^[+-]?0,\d+$|^[+-]?\d{1,3}(?:[. '\u{2019}]\d{3})+,\d+$|^[+-]?\d{1,3}(?:\.\d{3}){2,}$"
_POINT = r"^[+-]?\d*\.\d{1,2}$|^[+-]?\d*\.\d{4,}$|^[+-]?0\.\d+$|^[+-]?\d{1,3}(?:[, '\u{2019}]\d{3})+\.\d+$|^[+-]?\d{1,3}(?:,\d{3}){2,}$"
_THOUSANDTHS = r"^[+-]?\d{1,3}\.\d{3}$"
_WITHOUT_CENTS = frozenset({"IDR", "VND", "KRW", "JPY", "CLP", "COP", "HUF", "ISK"})  # so that the point of 39.000 separates thousands
_WEIGHED = ("kg", "l", "m")  # units whose thousandths are written: 1.967 kg is rather no ton
_GROUPED = r"^[+-]?[1-9]\d{0,2}(?:[, '\u{2019}]\d{3})+(?:\.\d+)?$"


def infer_number(values: Values, kind: Role | None) -> Inference:
    """Return an integer or a number, with unit and format; text where too few values are numbers, or where they are codes.

    Args:
        values: Distinct values of the column.
        kind: What its name says.
    """
    text = Inference(Column(values.name))
    if reason := code_reason(values, kind):
        return replace(text, note=reason)
    column = Column(values.name, "number", unit=_unit(values))
    column = replace(column, format=_separator(values, column))
    numbers = to_type(values.text, column)
    misfits = values.rows - values.count(numbers.is_not_null())
    if misfits > (1 - (MIN_NAMED_SHARE if kind == "quantity" else MIN_SHARE)) * values.rows:
        return text
    unread = numbers.is_null() & ~_is_readable(values, column)
    if reason := _doubt(values, unread):
        doubt = Check(Message.of("init_column_is_text", reason=reason), "rows", column=values.name)
        return replace(text, note=reason, checks=(doubt,))
    column = replace(column, type="integer" if _is_count(values, numbers, kind) else "number", unit=column.unit or _unit_in_name(values.name))
    other = None if _has_points(values, column) else replace(column, format="decimal_comma")
    return Inference(column, describe_misfits(misfits, values.rows), _checks(values, column, values.count(unread)), other)


def _has_points(values: Values, column: Column) -> bool:
    """Return True where the values say how they are written, so that other columns of the table do not."""
    bare = _without_unit(values, column)
    in_thousandths = column.unit in _WEIGHED and bool(bare.str.contains(_THOUSANDTHS).all())
    return column.format is not None or in_thousandths or bool(bare.str.contains(_POINT).any())


def _doubt(values: Values, unread: pl.Series) -> Message:
    """Return why a column may be no column of numbers, so that right rows would be held; empty where its few misfits are errors."""
    words = values.counts.filter(unread & ~values.text.str.contains(r"\d"))
    repeated = words.filter(words >= max(MIN_REPEATS, MIN_REPEATED_SHARE * values.rows))
    short = words.filter(values.text.filter(unread & ~values.text.str.contains(r"\d")).str.to_lowercase().str.contains(_SHORT_WORD))
    if values.share(unread) > 1 - MIN_SHARE:
        return Message.of("init_other_units", unread=values.count(unread), rows=values.rows)
    if repeated.len():
        return Message.of("init_repeated_words", words=int(repeated.sum()), rows=values.rows)
    return Message.of("init_answers", words=int(short.sum()), rows=values.rows) if short.len() else EMPTY


def _is_readable(values: Values, column: Column) -> pl.Series:
    """Return which values `parse` reads as numbers: those with another separator, or in another unit of the same quantity."""
    beside = values.text.str.extract_groups(_AROUND).struct.unnest()
    units = _names_beside(beside).fill_null("").str.to_lowercase().str.replace_all(r"[\s.]", "")
    fitting = [unit for unit in units.unique() if not unit or _fits(unit, column.unit)]
    bare = values.text.str.replace(r"^[^\d+.,-]+", "").str.replace(r"[^\d.,]+$", "")
    forms: tuple[CellFormat | None, ...] = (None, "decimal_comma", "decimal_point")
    plain, comma, point = (to_type(bare, Column(values.name, "number", format=form)).is_not_null() for form in forms)
    return (plain | comma | point) & units.is_in(fitting)


def _fits(unit: str, declared: str | None) -> bool:
    if declared is None or unit == declared:
        return unit == declared
    measure = UNITS.get(normalize_unit(unit))
    return declared in currency_codes(unit) or (measure is not None and measure[0] == UNITS.get(normalize_unit(declared), ("",))[0])


def code_reason(values: Values, kind: Role | None) -> Message:
    """Return why digits are codes and no numbers; empty where they are none."""
    zeros = values.share(values.text.str.contains(_LEADING_ZERO) & ~values.text.str.contains(r"^[+-]?0+(?:\D|$)"))
    if zeros > (MAX_NAMED_ZEROS if kind in {"quantity", "count"} else MAX_ZEROS):
        return Message.of("init_leading_zeros")
    if values.share(values.text.str.contains(r"^#\s?\d+$")) >= MIN_SHARE:
        return Message.of("init_number_sign")  # of an order; behind digits it means pounds
    digits = values.text.str.contains(r"^\d+$")
    if kind is None and values.count(values.text.str.contains(_CODE)) and values.share(digits | values.text.str.contains(_CODE)) >= MIN_SHARE:
        return Message.of("init_digits_with_letters")
    if kind != "quantity" and values.share(digits | values.text.str.contains(_LETTERS_FIRST)) >= MIN_SHARE > values.share(digits):
        return Message.of("init_letters_first")
    lengths = values.text.str.len_chars()
    fixed = lengths.n_unique() == 1 and int(lengths[0]) >= MIN_ID_DIGITS
    if (kind is None or may_be_tax_number(values.name)) and fixed and values.share(digits) == 1 and values.text.len() > 1:
        return Message.of("init_one_length")
    return EMPTY


def _unit(values: Values) -> str | None:
    """Return the unit or currency beside the numbers, where nearly all that have one share it."""
    beside = values.text.str.extract_groups(_AROUND).struct.unnest()
    names = _names_beside(beside).str.to_lowercase().str.replace_all(r"[\s.]|^万|^亿", "")
    counts = pl.DataFrame({"name": names, "count": values.counts}).drop_nulls().filter(pl.col("name").str.len_chars().is_between(1, LONGEST_UNIT))
    units = [(unit, count) for name, count in counts.group_by("name").agg(pl.col("count").sum()).iter_rows() if (unit := _unit_of(name, values))]
    totals: dict[str, int] = {}
    for unit, count in units:
        totals[unit] = totals.get(unit, 0) + count
    best = max(totals, key=lambda unit: totals[unit], default=None)
    alike = sum(count for unit, count in totals.items() if best is not None and _fits(unit, best))  # 1.5 kg and 500 g: `parse` converts
    if best is None or alike < MIN_SHARE * int(counts["count"].sum()):
        return None
    return best if currency_codes(best) or alike >= MIN_UNIT_SHARE * values.rows else None


def _names_beside(beside: pl.DataFrame) -> pl.Series:
    """Return what stands around each number as one name; of two names of a currency one."""
    pairs = beside.unique()
    joined = [None if before is None else join_units(before.strip(), after.lstrip(_NO_CENTS).strip()) for before, after in pairs.iter_rows()]
    names = pairs.with_columns(pl.Series("_name", joined, dtype=pl.String))
    return beside.join(names, on=beside.columns, how="left", nulls_equal=True, maintain_order="left")["_name"]


def _unit_of(name: str, values: Values) -> str | None:
    codes = currency_codes(name)
    if len(codes) == 1:
        return next(iter(codes))
    if codes:
        has_cents = bool(values.text.str.contains(r"[.,]\d\d?\D*$").any())
        return {"$": "USD", "kr": "SEK", "元": "CNY"}.get(name, "CNY" if has_cents or not values.name.isascii() else "JPY")
    measure = UNITS.get(normalize_unit(name))
    return next(other for other, size in UNITS.items() if size == measure) if measure else "%" if normalize_unit(name) == "%" else None


def _unit_in_name(name: str) -> str | None:
    """Return the unit that ends a name, such as `weight_kg`; single letters but g may be anything."""
    last = words(name)[-1:]
    units = {"kg", "g", "mg", "lb", "lbs", "oz", "cm", "mm", "ml"}
    if len(words(name)) < 2 or not last:
        return None
    return last[0] if last[0] in units else next(iter(currency_codes(last[0])), None) if last[0] in {"eur", "usd", "gbp", "cny", "chf"} else None


def _separator(values: Values, column: Column) -> CellFormat | None:
    """Return the decimal separator where it must be declared: a comma, or a point beside separated thousands."""
    bare = _without_unit(values, column)
    commas, points = values.count(bare.str.contains(_COMMA)), values.count(bare.str.contains(_POINT))
    if (commas and commas > points) or (column.unit in _WITHOUT_CENTS and not points and bare.str.contains(_THOUSANDTHS).any()):
        return "decimal_comma"
    grouped = values.count(bare.str.contains(_GROUPED))
    return "decimal_point" if grouped and (points or not commas) else None


def _without_unit(values: Values, column: Column) -> pl.Series:
    if column.unit is None:
        return values.text
    return values.text.str.replace(r"^[^\d+.,-]+", "").str.replace(r"[^\d.,]+$", "")


def _is_count(values: Values, numbers: pl.Series, kind: Role | None) -> bool:
    """Return True where every value is whole and written so, and the name or the range of the values says that they count something."""
    written_whole = values.count(values.text.str.contains(r"^[+-]?\d+$"))
    if kind == "quantity" or written_whole < values.count(numbers.is_not_null()):
        return False
    present = numbers.drop_nulls()
    if is_flag(values.name) and present.is_in([0.0, 1.0]).all():
        return True
    low, high = present.min(), present.max()
    several = present.n_unique() > 2 or (low == 0 and high == 1)
    dense = several and isinstance(low, float) and isinstance(high, float) and low >= 0 and present.n_unique() >= MIN_DENSITY * (high - low + 1)
    return kind == "count" or dense


def is_flag(name: str) -> bool:
    """Return True for a name that asks a question or says that something is so.

    Example:
        >>> is_flag("Sold individually?"), is_flag("is_in_stock"), is_flag("island"), is_flag("Steuer")
        (True, True, False, False)
    """
    return name.rstrip().endswith(("?", "\uff1f")) or (
        len(words(name)) > 1 and words(name)[0] in {"is", "has", "can", "use", "allow", "allows", "enable", "ist", "hat", "est"}
    )


def _checks(values: Values, column: Column, misfits: int) -> tuple[Check, ...]:
    checks = []
    if misfits:
        reason = Message.of("init_rows_held", misfits=misfits, rows=values.rows, type=column.type)
        checks.append(Check(reason, "rows", column=values.name))
    if column.unit in {"USD", "SEK", "CNY", "JPY"} and not values.text.str.contains(rf"(?i){column.unit}").any() and not _unit_in_name(values.name):
        checks.append(Check(Message.of("init_currency_sign", unit=column.unit), "guess", column=values.name))
    return tuple(checks)
