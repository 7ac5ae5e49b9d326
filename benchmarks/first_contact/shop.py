"""Draw a made-up shop: its products, its customers, and what happens in it on each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache

import numpy as np

from benchmarks.first_contact import calendar, words

NOVELTY = 0.02  # share of the products that is new on a day, and share that is delisted
LOYALTY = 0.7  # share of the events with a product of a kind that the customer likes
KINDS, WEIGHTS = ("view", "cart", "purchase"), (0.82, 0.12, 0.06)


@dataclass(frozen=True, slots=True)
class Product:
    """Describe one product; `listed` and `delisted` are numbers of days."""

    number: int
    noun: int
    material: int
    colour: int
    category: int
    brand: str
    cents: int
    grams: int
    gtin: str
    variants: int
    listed: int
    delisted: int

    @property
    def sku(self) -> str:
        """Return the code of the product; some begin with zeros."""
        return f"{self.number * 37 + 11:06d}"

    @property
    def handle(self) -> str:
        """Return the product's name in a web address."""
        return f"{words.MATERIALS['en'][self.material]}-{words.NOUNS['en'][self.noun]}-{self.number}"

    def title(self, language: str = "en") -> str:
        """Name the product; two products may differ by one letter, and are two."""
        noun, material, colour = (table[language] for table in (words.NOUNS, words.MATERIALS, words.COLOURS))
        mark = "" if language == "zh" else " "
        return mark.join((colour[self.colour], material[self.material], noun[self.noun], f"No. {self.number}" if mark else f"{self.number}号"))

    def description(self, language: str = "en") -> str:
        """Describe the product in a few sentences."""
        phrases = words.PHRASES[language]
        mark = "" if language == "zh" else " "
        return self.title(language) + ("。" if language == "zh" else ". ") + mark.join(phrases[(self.number + step) % 4] for step in range(1 + self.number % 3))

    def group(self, language: str = "en") -> str:
        """Return the product's category."""
        return words.CATEGORIES[language][self.category]


@dataclass(frozen=True, slots=True)
class Customer:
    """Describe one customer; `seed` selects names and address."""

    number: int
    seed: int

    def pick(self, table: words.Words, language: str, step: int) -> str:
        """Choose a word for the customer."""
        return table[language][self.seed // step % len(table[language])]

    def name(self, language: str = "en") -> str:
        """Return the full name."""
        first, last = self.pick(words.FIRST_NAMES, language, 1), self.pick(words.LAST_NAMES, language, 9)
        return last + first if language == "zh" else f"{first} {last}"

    @property
    def email(self) -> str:
        """Return an address in a domain that is reserved for examples."""
        return f"{self.pick(words.FIRST_NAMES, 'en', 1)}.{self.pick(words.LAST_NAMES, 'en', 9)}{self.number}@example.com".lower()

    def phone(self, language: str = "en") -> str:
        """Return a telephone number of the language's country."""
        tail = f"{self.seed * 7919 % 10**8:08d}"
        return {"en": f"+1 555-{tail[:3]}-{tail[3:7]}", "de": f"+49 30 {tail}", "zh": f"139{tail}"}[language]

    def street(self, language: str = "en") -> str:
        """Return street and house number."""
        street, house = self.pick(words.STREETS, language, 5), self.seed % 180 + 1
        return f"{house} {street}" if language == "en" else f"{street} {house}" if language == "de" else f"{street}{house}号"

    def city(self, language: str = "en") -> str:
        """Return the city."""
        return self.pick(words.CITIES, language, 3)

    @property
    def postcode(self) -> str:
        """Return a postcode; some begin with a zero."""
        return f"{self.seed * 613 % 99999:05d}"

    @property
    def address(self) -> str:
        """Return an IP address of a range that is reserved for documentation."""
        return f"203.0.113.{self.seed % 254 + 1}"


@dataclass(frozen=True, slots=True)
class Line:
    """Describe one line of an order."""

    product: Product
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """Describe one order."""

    number: int
    at: datetime
    customer: Customer
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """Sum the lines."""
        return sum((line.price * line.quantity for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Event:
    """Describe one event of a visit; `number` is unique in the shop."""

    number: int
    at: datetime
    kind: str
    customer: Customer
    session: int
    product: Product
    price: Decimal
    quantity: int


def check_digit(code: str) -> str:
    """Return the last digit of a GTIN (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(code)))
    return str(-total % 10)


@dataclass(frozen=True, eq=False)
class Shop:
    """Hold a shop, the same for the same seed.

    Attributes:
        seed: Another seed is another shop.
        products: Every product that is ever listed.
        customers: Every customer.
        orders_a_day: Orders of a working day.
        events_a_day: Events of a working day.
    """

    seed: int
    products: tuple[Product, ...]
    customers: tuple[Customer, ...]
    orders_a_day: int
    events_a_day: int

    def listed(self, number: int) -> Sequence[Product]:
        """Return the products that are listed on a day, in the order of their numbers."""
        return [product for product in self.products if product.listed <= number < product.delisted]

    def price(self, product: Product, number: int) -> Decimal:
        """Return a product's price on a day."""
        return (Decimal(product.cents) * (100 - calendar.discount(number)) / 10_000).quantize(Decimal("0.01"))

    def orders(self, number: int) -> Sequence[Order]:
        """Return a day's orders by time; numbers grow from day to day."""
        rng = np.random.default_rng([self.seed, 1, number])
        before = sum(round(self.orders_a_day * calendar.volume(earlier)) for earlier in range(number))
        listed, moments = self.listed(number), self._moments(rng, number, self.orders_a_day)
        people = [self._customer(rng) for _ in moments]
        return [
            Order(1000 + before + place, at, person, self._lines(rng, listed, person, number))
            for place, (at, person) in enumerate(zip(moments, people, strict=True))
        ]

    def events(self, number: int) -> Sequence[Event]:
        """Return a day's events by time."""
        rng = np.random.default_rng([self.seed, 2, number])
        listed, moments = self.listed(number), self._moments(rng, number, self.events_a_day)
        result = []
        for place, at in enumerate(moments):
            customer, kind = self._customer(rng), str(rng.choice(KINDS, p=WEIGHTS))
            product = self._liked(rng, listed, customer)
            price, quantity = self.price(product, number), 1 + int(rng.random() < 0.15)
            result.append(Event(number * 100_000 + place, at, kind, customer, customer.seed * 100 + number, product, price, quantity))
        return result

    def _moments(self, rng: np.random.Generator, number: int, count: int) -> list[datetime]:
        seconds = np.sort((rng.beta(4, 2, round(count * calendar.volume(number))) * 86_399_999).astype(np.int64))
        return [datetime.combine(calendar.day(number), time()) + timedelta(milliseconds=int(value)) for value in seconds]

    def _lines(self, rng: np.random.Generator, listed: Sequence[Product], person: Customer, number: int) -> tuple[Line, ...]:
        chosen = {product.number: product for _ in range(int(rng.integers(1, 4))) for product in [self._liked(rng, listed, person)]}
        return tuple(Line(product, 1 + int(rng.random() < 0.2), self.price(product, number)) for _, product in sorted(chosen.items()))

    def _liked(self, rng: np.random.Generator, listed: Sequence[Product], person: Customer) -> Product:
        """Choose a product, in seven of ten cases of a kind that the customer likes."""
        if rng.random() < LOYALTY:
            liked = [product for product in listed if (product.noun - person.seed) % len(words.NOUNS["en"]) < 2]
            listed = liked or listed
        return listed[self._popular(rng, len(listed))]

    def _customer(self, rng: np.random.Generator) -> Customer:
        return self.customers[int(rng.integers(len(self.customers)))]

    @staticmethod
    def _popular(rng: np.random.Generator, count: int) -> int:
        return min(int(rng.power(0.6) * count), count - 1)


@cache
def draw_shop(seed: int, *, products: int = 150, customers: int = 200, orders_a_day: int = 60, events_a_day: int = 300) -> Shop:
    """Draw a shop.

    Args:
        seed: Another seed is another shop.
        products: Number of products on the first day.
        customers: Number of customers.
        orders_a_day: Orders of a working day.
        events_a_day: Events of a working day.

    Example:
        >>> shop = draw_shop(1)
        >>> len(shop.listed(0)), shop.orders(0)[0].number
        (150, 1000)
    """
    rng = np.random.default_rng([seed, 0])
    change = max(round(products * NOVELTY), 1)
    ever = products + change * (calendar.DAYS - 1)
    drawn = [_product(rng, number, max(0, (number - products) // change + 1), number // change + 1) for number in range(ever)]
    people = tuple(Customer(number, int(rng.integers(10**6))) for number in range(customers))
    return Shop(seed, tuple(drawn), people, orders_a_day, events_a_day)


def _product(rng: np.random.Generator, number: int, listed: int, delisted: int) -> Product:
    noun = int(rng.integers(len(words.NOUNS["en"])))
    code = f"4{int(rng.integers(10**11)):011d}"
    return Product(
        number,
        noun,
        int(rng.integers(len(words.MATERIALS["en"]))),
        int(rng.integers(len(words.COLOURS["en"]))),
        noun % len(words.CATEGORIES["en"]),
        words.BRANDS[int(rng.integers(len(words.BRANDS)))],
        int(rng.integers(4, 120)) * 100 + int(rng.choice([0, 90, 95, 99, 50])),
        int(rng.integers(1, 90)) * 50,
        code + check_digit(code),
        int(rng.choice([1, 1, 2, 3])),
        listed,
        delisted,
    )
