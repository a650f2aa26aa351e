"""Quotes: what an order would cost its partner today, before taxes and surcharges."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends
from pydantic import Field

from catalog.api.dependencies import Quotes
from catalog.application.quoting import NotPriceable, Quote
from chassis.http.access import Needs, Principal, Work
from chassis.http.bodies import RequestBody
from chassis.http.problems import invalid
from chassis.http.routes import make_router
from contracts.bounds import IDENTIFIER, ITEM_QUANTITY, ITEMS, NAME, NUMBERS, Day, Money, TimeZone
from contracts.catalog import BilledFrom, ChargeLine, ItemFault, OrderedItem, PriceOrder, UsagePrice
from contracts.echo import quoted
from contracts.message import Value

router = make_router("quotes")
Reader = Annotated[Principal, Depends(Needs("billing:read"))]
ORDERED = [{"package": "Power User", "quantity": 8}, {"package": "Broadsoft Provisioning Fee"}]


class WantedItem(RequestBody):
    """With `trunking` people build it."""

    package: str = Field(min_length=1, max_length=NAME, examples=["Power User"])
    quantity: int = Field(default=1, ge=1, le=ITEM_QUANTITY)
    trunking: bool = False


class QuoteRequest(RequestBody):
    """Without a billing start it is today's in the customer's zone. Numbers are the chosen and the searched ones.

    A customer that is there already may have free numbers left. Operators name the partner.
    """

    partner_id: str | None = Field(default=None, max_length=IDENTIFIER, description="for operators: whose prices")
    customer_id: str = Field(default="", max_length=IDENTIFIER)
    time_zone: TimeZone = Field(examples=["America/New_York"])
    billing_start: Day | None = None
    items: list[WantedItem] = Field(default=[], max_length=ITEMS, examples=[ORDERED])
    numbers: int = Field(default=0, ge=0, le=NUMBERS)


class FreeNumbers(Value):
    """`granted` with the seats of the order, `taken` of what the customer has left; `charged` are beyond both."""

    granted: int
    taken: int
    charged: int


class QuoteAnswer(Value):
    """`lines` of the first period are the first invoice, with what is charged once; the others the first full month.

    Each names the version that has its price: what a partner's own lacks costs what everybody pays. The prices hold up
    to and without `until`, where a change of them is known.
    """

    price_book: str
    billing_start: date
    lines: tuple[ChargeLine, ...]
    usage: tuple[UsagePrice, ...]
    free_numbers: FreeNumbers
    first_invoice: Money
    monthly: Money
    currency: str = "USD"
    before_taxes: bool = True
    until: date | None
    billed_from: BilledFrom


@router.post("/quotes")
async def quote(wanted: QuoteRequest, work: Work, quotes: Quotes, reader: Reader) -> QuoteAnswer:
    """Nothing is kept, and nothing is promised beyond the prices of today."""
    partner_id = reader.partner_id or wanted.partner_id or ""
    if reader.partner_id is not None and wanted.partner_id not in (None, reader.partner_id):
        detail = "You are quoted your own prices: leave it out."
        raise invalid([{"pointer": "/partner_id", "code": "not-yours", "detail": detail}])
    today = work.clock.now().astimezone(_zone(wanted.time_zone)).date()
    try:
        return _answer(await quotes.quote(_order(wanted, partner_id, today), work.pool))
    except NotPriceable as error:
        raise invalid([_fault(one) for one in error.faults]) from None


def _zone(name: str) -> ZoneInfo:
    """Raises Problem 422 for what is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last two for what is no name of any zone
        detail = f"{quoted(name)} is no time zone; expected one by its IANA name such as America/New_York"
        raise invalid([{"pointer": "/time_zone", "code": "unknown-zone", "detail": detail}]) from None


def _order(wanted: QuoteRequest, partner_id: str, today: date) -> PriceOrder:
    """As the saga would send it."""
    items = [
        OrderedItem(item_id=str(index), package=item.package, quantity=item.quantity, trunking=item.trunking)
        for index, item in enumerate(wanted.items, 1)
    ]
    return PriceOrder(
        order_id="",
        run=1,
        partner_id=partner_id,
        customer_id=wanted.customer_id,
        time_zone=wanted.time_zone,
        submitted_on=today,
        billing_start=wanted.billing_start,
        items=tuple(items),
        numbers=wanted.numbers,
    )


def _answer(quote: Quote) -> QuoteAnswer:
    priced = quote.priced
    charged = sum(line.quantity for line in priced.lines if line.first_period and line.item_id == "numbers")
    return QuoteAnswer(
        price_book=priced.price_book,
        billing_start=priced.billing_start,
        lines=priced.lines,
        usage=priced.usage,
        free_numbers=FreeNumbers(granted=quote.granted, taken=quote.taken, charged=charged),
        first_invoice=priced.first_invoice,
        monthly=priced.monthly,
        until=quote.until,
        billed_from=priced.billed_from,
    )


def _fault(fault: ItemFault) -> dict[str, str]:
    """Where the form has it."""
    places = {
        "billing-start-past": "/billing_start",
        "billing-start-too-far": "/billing_start",
        "bad-numbers": "/numbers",
    }
    here = fault.item_id.isdigit()
    pointer = f"/items/{int(fault.item_id) - 1}" if here else places.get(fault.code, "")
    return {"pointer": pointer, "code": fault.code, "detail": fault.detail}
