"""Orders as the saga sends them, and the charge of one line."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalog.domain.charges import Charge
from catalog.domain.price_books import PricesInEffect
from catalog.sample import sample_prices
from contracts.catalog import OrderedItem, PriceOrder


@pytest.fixture(scope="session")
def book() -> PricesInEffect:
    return PricesInEffect(sample_prices())


@pytest.fixture(scope="session")
def order() -> Callable[..., PriceOrder]:
    """Makes an order submitted on 2027-01-04 from (package, quantity) pairs: its items are numbered from 1."""

    def build(*items: tuple[str, int], **facts: Any) -> PriceOrder:
        ordered = tuple(OrderedItem(item_id=str(n), package=p, quantity=q) for n, (p, q) in enumerate(items, 1))
        plain = {
            "order_id": "o-1",
            "partner_id": "p-1",
            "customer_id": "c-1",
            "time_zone": "America/New_York",
            "run": 1,
        }
        return PriceOrder(**{**plain, "submitted_on": date(2027, 1, 4), "items": ordered, **facts})

    return build


@pytest.fixture(scope="session")
def monthly() -> Callable[[int, str], Charge]:
    return lambda quantity, price: Charge("1", "Enterprise Standard", "MRC", quantity, Decimal(price))
