"""Parse the short form of row conditions: comparisons joined by `and`, groups of them joined by `or`.

    event_type == "purchase" and price > 0 or rating is not null
    country in ("DE", "FR")

There are no parentheses, which Great Expectations does not allow. A column whose name is no identifier is written `col("unit price")`.
"""

from __future__ import annotations

import re

from great_expectations.expectations.row_conditions import AndCondition, Column, ComparisonCondition, Condition, Operator, OrCondition

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_TOKEN = re.compile(r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>"[^"]*"|'[^']*')|(?P<op>==|!=|<=|>=|<|>|[(),])|(?P<word>[^\W\d]\w*))""")


def parse_row_condition(text: str) -> Condition:
    """Parse the short form of a row condition.

    Raises:
        ValueError: The text cannot be parsed; the error names the position.

    Example:
        >>> parse_row_condition('price > 0').column.name
        'price'
    """
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.position = 0

    def _tokens(self) -> list[tuple[str, str]]:
        tokens, position = [], 0
        while self.text[position:].strip():
            match = _TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                raise ValueError(f"the row condition cannot be read from {self.text[position:].strip()[:20]!r} on")
            tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        return tokens

    def parse(self) -> Condition:
        alternatives = [self._all()]
        while self._word("or"):
            alternatives.append(self._all())
        if self.position < len(self.tokens):
            raise self._unexpected("`and`, `or` or the end")
        return alternatives[0] if len(alternatives) == 1 else OrCondition(conditions=alternatives)

    def _all(self) -> Condition:
        terms = [self._term()]
        while self._word("and"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else AndCondition(conditions=terms)

    def _term(self) -> Condition:
        column = self._column()
        if self._word("is"):
            negated = self._word("not")
            self._expect("null")
            return column.is_not_null() if negated else column.is_null()
        if self._word("not"):
            self._expect("in")
            return column.is_not_in(self._values())
        if self._word("in"):
            return column.is_in(self._values())
        if self._peek()[1] not in _COMPARISONS:
            raise self._unexpected("a comparison")
        return ComparisonCondition(column=column, operator=Operator(self._next()[1]), parameter=self._value())

    def _column(self) -> Column:
        kind, name = self._peek()
        if kind != "word":
            raise self._unexpected("a column")
        self._next()
        if name == "col" and self._word("("):
            name = str(self._value())
            self._expect(")")
        return Column(name)

    def _values(self) -> list[object]:
        self._expect("(")
        values = [self._value()]
        while self._word(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> object:
        kind, text = self._peek()
        if kind not in ("number", "text") and text not in ("true", "false"):
            raise self._unexpected("a number, a text in quotes, true or false")
        self._next()
        if kind == "text":
            return text[1:-1]
        if kind == "word":
            return text == "true"
        return float(text) if "." in text else int(text)

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("end", "the end")

    def _next(self) -> tuple[str, str]:
        self.position += 1
        return self.tokens[self.position - 1]

    def _word(self, word: str) -> bool:
        kind, text = self._peek()
        matches = kind in ("word", "op") and text == word
        self.position += matches
        return matches

    def _expect(self, word: str) -> None:
        if not self._word(word):
            raise self._unexpected(f"`{word}`")

    def _unexpected(self, expected: str) -> ValueError:
        return ValueError(f"the row condition has {self._peek()[1]!r} where {expected} was expected")
