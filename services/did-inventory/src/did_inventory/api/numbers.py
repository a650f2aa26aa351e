"""Numbers: operators bring stock in, and what backorders wait for goes to them at once; partners see their own."""

import re
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from chassis.http.access import Needs, Principal, Work
from chassis.http.bodies import RequestBody
from chassis.http.parameters import IN_DIGITS, Sought
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from contracts.names import OptionalName
from contracts.nanp import NotANumber, e164
from did_inventory.api.dependencies import AllowFiction
from did_inventory.application.importing import Arrived, Origin, bring_in
from did_inventory.store import listing
from did_inventory.store.listing import NumberRow, Status

router = make_router("numbers")
THREE_DIGITS = r"^[2-9][0-9]{2}$"
Reader = Annotated[Principal, Depends(Needs("numbers:read"))]


def three_digits(value: Any) -> Any:
    """A filter that fits no number would be answered by an empty list."""
    if isinstance(value, str) and not re.fullmatch(THREE_DIGITS, value):
        told = {"sent": value[:200]}
        raise PydanticCustomError(
            "three-digits", "'{sent}' does not fit; expected three digits, the first 2 to 9", told
        )
    return value


Area = Annotated[str, Field(pattern=THREE_DIGITS, examples=["202"]), BeforeValidator(three_digits)]


class Stock(RequestBody):
    """Numbers that come into the inventory: a list, or the first of a run and how many."""

    numbers: list[str] = Field(default=[], max_length=100_000, examples=[["+12025550123", "(202) 555-0124"]])
    first: str | None = Field(default=None, examples=["+12025550150"])
    count: int = Field(default=0, ge=0, le=100_000, examples=[10])
    rate_center: OptionalName = Field(default="", max_length=60, examples=["WSHNGTNZN1"])
    region: OptionalName = Field(default="", max_length=2, examples=["DC"])


class Imported(BaseModel):
    """`delivered_to_backorders` says how many of the added numbers went on to which order."""

    added: int
    known: int
    delivered_to_backorders: dict[str, int]

    @classmethod
    def of(cls, arrived: Arrived) -> "Imported":
        return cls(added=arrived.added, known=arrived.known, delivered_to_backorders=arrived.delivered)


@router.post("/numbers", status_code=201, dependencies=[Depends(Needs("ops:write", partners=False))])
async def import_stock(stock: Stock, work: Work, allow_fiction: AllowFiction) -> Imported:
    """As many as a body of ordinary size has; of more `POST /numbers/import` takes the lines."""
    wanted = read(stock, allow_fiction=allow_fiction)
    return Imported.of(await bring_in(work, wanted, Origin(stock.rate_center, stock.region)))


@router.get("/numbers")
async def search(
    work: Work,
    reader: Reader,
    npa: Area | None = None,
    nxx: Area | None = None,
    status: Status | None = None,
    order_id: Sought = None,
    limit: Annotated[int, Query(ge=1, le=10_000), IN_DIGITS] = 100,
) -> list[NumberRow]:
    """A partner sees the numbers of its orders and customers."""
    return await listing.search(
        work.pool, partner_id=reader.partner_id, npa=npa, nxx=nxx, status=status, order_id=order_id, limit=limit
    )


def read(stock: Stock, *, allow_fiction: bool) -> list[str]:
    """The E.164 numbers of an import, in order. Raises Problem 422 with every number at fault."""
    found, faults = [], []
    for index, text in enumerate(stock.numbers):
        try:
            found.append(e164(text, fiction=allow_fiction))
        except NotANumber as error:
            faults.append({"pointer": f"/numbers/{index}", "code": error.code, "detail": error.detail})
    if stock.first is not None and stock.count:
        try:
            first = int(e164(stock.first, fiction=allow_fiction)[1:])
            found += [e164(f"+{first + step}", fiction=allow_fiction) for step in range(stock.count)]
        except NotANumber as error:
            faults.append({"pointer": "/first", "code": error.code, "detail": error.detail})
    if not faults and not found:
        detail = "give `numbers`, or `first` and `count`"
        faults.append({"pointer": "/numbers", "code": "empty", "detail": detail})
    if faults:
        raise Problem(422, "invalid", "The stock cannot be imported.", "Nothing was imported.", errors=faults)
    return sorted(set(found))
