"""HTTP for operators: bring stock in, see what there is. Stock that backorders wait for goes to them at once."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from prometheus_client import Gauge
from pydantic import BaseModel, Field

from chassis.access import Operators
from chassis.database import Pool
from chassis.messaging.unit import unit_of_work
from chassis.problems import Problem
from did_inventory import store
from did_inventory.domain.nanp import NotANumber, e164
from did_inventory.handlers import did_inventory, stock_arrived

NUMBERS = Gauge("numbers", "Numbers by area code and state.", ["pool", "state"])
SEARCH = """
SELECT number, rate_center, region, status, order_id, customer_id, trunking FROM numbers
WHERE ($1::text IS NULL OR npa = $1) AND ($2::text IS NULL OR nxx = $2) AND ($3::text IS NULL OR status = $3)
    AND ($4::text IS NULL OR order_id = $4)
ORDER BY number LIMIT $5
"""
COUNTS = "SELECT npa, status, count(*) AS count FROM numbers GROUP BY npa, status"
MANY = 1000
STATES = ("available", "reserved", "assigned")


class Stock(BaseModel):
    """Numbers that come into the inventory: a list, or the first of a run and how many."""

    numbers: list[str] = Field(default=[], max_length=100_000)
    first: str | None = None
    count: int = Field(default=0, ge=0, le=100_000)
    rate_center: str = Field(default="", max_length=60)
    region: str = Field(default="", max_length=2)


class Imported(BaseModel):
    added: int
    known: int
    delivered_to_backorders: dict[str, int]


def make(pool: Pool, operators: Operators, *, allow_fiction: bool) -> FastAPI:
    api = FastAPI(title="did-inventory", docs_url=None, redoc_url=None, openapi_url=None)
    operator = Depends(operators)

    @api.post("/numbers", status_code=201)
    async def import_stock(stock: Stock, _: Annotated[str, operator]) -> Imported:
        numbers = read(stock, allow_fiction=allow_fiction)
        async with unit_of_work(pool, did_inventory.name) as unit:
            added = await store.add(unit.connection, numbers, stock.rate_center, stock.region)
            delivered = await stock_arrived(added, unit)
        if len(added) >= MANY:
            await pool.execute("ANALYZE numbers")  # or the planner takes the table for empty, and reads all of it
        return Imported(added=len(added), known=len(numbers) - len(added), delivered_to_backorders=delivered)

    @api.get("/numbers")
    async def search(
        _: Annotated[str, operator],
        npa: str | None = None,
        nxx: str | None = None,
        status: str | None = None,
        order_id: str | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    ) -> list[dict[str, Any]]:
        return [dict(row) for row in await pool.fetch(SEARCH, npa, nxx, status, order_id, limit)]

    return api


def read(stock: Stock, *, allow_fiction: bool) -> list[str]:
    """The E.164 numbers of an import, in order. Raises Problem 422 with every number at fault."""
    numbers, faults = [], []
    for index, text in enumerate(stock.numbers):
        try:
            numbers.append(e164(text, fiction=allow_fiction))
        except NotANumber as error:
            faults.append({"pointer": f"/numbers/{index}", "code": "not-a-number", "detail": str(error)})
    if stock.first is not None and stock.count:
        try:
            first = int(e164(stock.first, fiction=allow_fiction)[1:])
            numbers += [e164(f"+{first + step}", fiction=allow_fiction) for step in range(stock.count)]
        except NotANumber as error:
            faults.append({"pointer": "/first", "code": "not-a-number", "detail": str(error)})
    if not faults and not numbers:
        detail = "give `numbers`, or `first` and `count`"
        faults.append({"pointer": "/numbers", "code": "empty", "detail": detail})
    if faults:
        raise Problem(422, "invalid", "The stock cannot be imported.", "Nothing was imported.", errors=faults)
    return sorted(set(numbers))


async def measure(pool: Pool) -> None:
    """Numbers by pool and state; a state that is empty shows zero, not nothing."""
    counts: dict[tuple[str, str], int] = {}
    for row in await pool.fetch(COUNTS):
        counts |= {(row["npa"], state): counts.get((row["npa"], state), 0) for state in STATES}
        counts[row["npa"], row["status"]] = row["count"]
    NUMBERS.clear()
    for (npa, state), count in counts.items():
        NUMBERS.labels(npa, state).set(count)
