"""HTTP for operators: what is sold, at what prices, and the charges of an order."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from catalog import books
from catalog.domain.packages import Package
from catalog.sample import catalogue
from chassis.http.access import Operators
from chassis.runtime.database import Pool
from chassis.http.problems import Problem
from contracts.catalog import ChargeKind, ChargeLine

BILLING = """
SELECT order_id, run, partner_id, customer_id, time_zone, price_book, billing_start, state, free_numbers,
    first_invoice, monthly, priced_at, started_at, numbers_at_start, numbers_backordered, numbers_late
FROM order_billing WHERE order_id = $1
"""
CHARGES = """
SELECT run, line, item_id, package, kind, quantity, unit_price, from_date, to_date, days, days_in_period,
    exact_amount, amount, first_period, price_book, state, posted_at, reverses
FROM charges WHERE order_id = $1 ORDER BY run, line
"""


class Price(BaseModel):
    package: str
    kind: ChargeKind
    unit_price: Decimal


class BookVersion(BaseModel):
    """A version without a partner is for everybody who has none."""

    partner_id: str | None
    name: str
    effective_from: date
    prices: list[Price]


class Charge(ChargeLine):
    run: int
    exact_amount: Decimal
    price_book: str
    state: str
    posted_at: datetime | None
    reverses: int | None


class OrderCharges(BaseModel):
    """Amounts are USD before taxes and surcharges. Lines of every run; those of runs that were undone are void."""

    order_id: str
    run: int
    partner_id: str
    customer_id: str
    time_zone: str
    price_book: str
    billing_start: date
    state: str
    free_numbers: int
    first_invoice: Decimal
    monthly: Decimal
    currency: str = "USD"
    priced_at: datetime
    started_at: datetime | None
    numbers_at_start: int
    numbers_backordered: int
    numbers_late: int
    lines: list[Charge]


def make(pool: Pool, operators: Operators) -> FastAPI:
    api = FastAPI(title="catalog", docs_url=None, redoc_url=None, openapi_url=None)
    operator = Depends(operators)

    @api.get("/packages")
    async def menu(_: Annotated[str, operator]) -> dict[str, tuple[Package, ...]]:
        return catalogue().menu()

    @api.get("/price-books")
    async def price_books(_: Annotated[str, operator]) -> list[BookVersion]:
        return [
            BookVersion(
                partner_id=partner_id,
                name=one.name,
                effective_from=one.effective_from,
                prices=[Price(package=key[0], kind=key[1], unit_price=price) for key, price in one.prices.items()],
            )
            for partner_id, versions in (await books.read(pool)).items()
            for one in versions
        ]

    @api.get("/orders/{order_id}/charges")
    async def charges(order_id: str, _: Annotated[str, operator]) -> OrderCharges:
        billing = await pool.fetchrow(BILLING, order_id)
        if billing is None:
            raise Problem(404, "no-charges", "The order has no charges.", f"No order {order_id!r} was ever priced.")
        lines = [Charge(**row) for row in await pool.fetch(CHARGES, order_id)]
        return OrderCharges(**billing, lines=lines)

    return api
