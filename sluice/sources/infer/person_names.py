"""Tell names of persons from other texts by their shape, for columns whose name says that they are about persons."""

from __future__ import annotations

import polars as pl

MIN_DIFFERENT = 3  # names; fewer may be anything
MIN_IN_ORDER = 5  # names as they are spoken, whose shape other texts have too
MAX_SAME_END = 0.5  # of the values that may end in one word, as New Customer and Business Customer do
MIN_SHARE = 0.8  # of the distinct values
MIN_FAMILY_NAMES = 0.5  # of the distinct values in Han or Hangul that must begin with a frequent family name; firms and towns seldom do
SAMPLE = 2_000  # distinct values that are examined

_PART = r"\p{Lu}[\p{L}\x{2019}'.]*"
_PARTICLE = r"(?:(?:von|van|der|den|de|del|della|da|dos|la|le|zu|zur|ter|bin|al) )*"
_SURNAME = rf"{_PARTICLE}{_PART}(?:[ -]{_PARTICLE}{_PART}){{0,2}}"
_REVERSED = rf"^{_SURNAME}, ?{_PART}(?:[ -]{_PART}){{0,2}}$"  # Surname, Given
_IN_ORDER = rf"^(?:(?:Herr|Frau|Mr|Mrs|Ms|Dr|Sr|Sra|M|Mme)\.? )?{_PART}(?:[ -]{_PART}){{0,2}} {_PARTICLE}{_PART}(?:-{_PART})?$"
_COMPANY = (
    r"(?i)\b(?:gmbh|ag|kg|ohg|ug|ltd|limited|inc|llc|corp|company|co|sa|sas|sarl|srl|sl|bv|nv|plc|group|store|shop|shops|trading|fashions|verein|hotel)\b\.?"
)
_LOGIN = r"\s*\([^()]*\)$"  # as in Ann Weaver (ann77)
_HAN = r"^(?:[\p{Han}\x{00b7}]{2,4}|\p{Hangul}{2,4})$"
_FAMILY_NAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭謝許鄧韓馮蕭葉呂盧鍾譚陸韋賈鄒龍賀顧龔萬錢嚴湯"
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류진"
)
_SPACED = r"^[\p{Han}々ヶ]{1,4}[ \x{3000}][\p{Han}\p{Hiragana}\p{Katakana}]{1,4}$"  # Japanese: family name, blank, given name


def are_person_names(cells: pl.Series, share: float = MIN_SHARE) -> bool:
    """Return True where nearly all values of a column have the shape of a person's name: `Müller, Jörg`, `Jörg Müller`, `王小明`, `山田 太郎`, `김민수`.

    Args:
        cells: The column.
        share: Share of the distinct values that must have it.

    Example:
        >>> are_person_names(pl.Series(["Müller, Jörg", "von Stein, Anna Maria", "O'Neil, Pat"]))
        True
        >>> are_person_names(pl.Series(["Acme GmbH", "Berg Shops Ltd", "C1002"]))
        False
    """
    if cells.dtype != pl.String:
        return False
    values = cells.drop_nulls().str.strip_chars().str.replace(_LOGIN, "").unique(maintain_order=True).head(SAMPLE)
    if values.len() < MIN_DIFFERENT:
        return False
    latin = (values.str.contains(_REVERSED) | values.str.contains(_SPACED) | _are_in_order(values)) & ~values.str.contains(_COMPANY)
    han = values.str.contains(_HAN)
    by_family_name = values.filter(han).str.slice(0, 1).is_in(list(_FAMILY_NAMES)).sum()
    are_han = by_family_name >= MIN_FAMILY_NAMES * max(1, int(han.sum()))
    return float((latin | han if are_han else latin).sum()) >= share * values.len()


def _are_in_order(values: pl.Series) -> pl.Series:
    """Return which values have the shape of a given name and a surname; none where one word ends most of them, or they are few."""
    in_order = values.str.contains(_IN_ORDER)
    ends = values.filter(in_order).str.extract(r"(\S+)$").value_counts(name="count")["count"].max()
    is_kind = not isinstance(ends, int) or ends > MAX_SAME_END * int(in_order.sum()) or int(in_order.sum()) < MIN_IN_ORDER
    return pl.repeat(value=False, n=values.len(), dtype=pl.Boolean, eager=True) if is_kind else in_order
