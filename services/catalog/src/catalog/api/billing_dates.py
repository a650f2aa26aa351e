"""When billing starts, and when it ends: partners move the start of their orders, operators both."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Depends, Path
from pydantic import BaseModel, Field

from catalog.application import changing_dates
from catalog.application.changing_dates import NotBilled, Wish, WrongDay
from catalog.store import changes
from chassis.http.access import Needs, Principal, Work
from chassis.http.bodies import RequestBody
from chassis.http.problems import Problem, invalid
from chassis.http.routes import make_router
from contracts.bounds import HIGHEST, IDENTIFIER, SENTENCE, Day
from contracts.names import SeenText

router = make_router("billing dates")
Writer = Annotated[Principal, Depends(Needs("billing:write"))]
Ender = Annotated[Principal, Depends(Needs("billing:write", partners=False))]
Reader = Annotated[Principal, Depends(Needs("billing:read"))]
OrderId = Annotated[str, Path(max_length=IDENTIFIER)]
Number = Annotated[int, Path(ge=1, le=HIGHEST)]
Reason = Annotated[SeenText, Field(min_length=1, max_length=SENTENCE)]


class NewStart(RequestBody):
    billing_start: Day = Field(examples=["2099-01-01"])
    reason: Reason = Field(examples=["The circuit was late."])


class NewEnd(RequestBody):
    """The day from which nothing is charged any more."""

    to_date: Day = Field(examples=["2099-01-01"])
    reason: Reason = Field(examples=["The customer has left."])


class Changed(BaseModel):
    """Not `changed` where it was that day already."""

    changed: bool


class ChangeOfDate(BaseModel):
    subscription_id: int | None
    what: Literal["start", "end"]
    old: date | None
    new: date
    who: str
    why: str
    at: datetime


@router.put("/orders/{order_id}/billing-start")
async def change_start(order_id: OrderId, new: NewStart, work: Work, writer: Writer) -> Changed:
    """Before billing has started the plan is another one; afterwards what was posted is reversed and posted anew. What
    was delivered later than that is charged from its delivery all the same.
    """
    async with work.begin() as unit:
        wish = Wish(new.billing_start, writer.who, new.reason, writer.partner_id)
        try:
            return Changed(changed=await changing_dates.change_start(unit, order_id, wish))
        except NotBilled as error:
            raise unknown(order_id) from error
        except WrongDay as error:
            raise invalid([{"pointer": "/billing_start", "code": "date", "detail": str(error)}]) from None


@router.post("/billing/subscriptions/{subscription_id}/end")
async def end(subscription_id: Number, new: NewEnd, work: Work, ender: Ender) -> Changed:
    """What was posted in advance is credited, and the part of the last period is posted instead."""
    async with work.begin() as unit:
        wish = Wish(new.to_date, ender.who, new.reason)
        try:
            return Changed(changed=await changing_dates.end(unit, subscription_id, wish))
        except NotBilled as error:
            detail = f"No monthly charge has the number {subscription_id}."
            raise Problem(404, "unknown-subscription", "There is no such subscription.", detail) from error
        except WrongDay as error:
            raise invalid([{"pointer": "/to_date", "code": "date", "detail": str(error)}]) from None


@router.get("/orders/{order_id}/billing-changes")
async def changes_of(order_id: OrderId, work: Work, reader: Reader) -> list[ChangeOfDate]:
    """Who changed which date, when and why; the oldest first."""
    whose = await changes.partner_of(work.pool, order_id)
    if whose is None or not reader.may_see(whose):
        raise unknown(order_id)
    return [ChangeOfDate(**one._asdict()) for one in await changes.of_order(work.pool, order_id)]


def unknown(order_id: str) -> Problem:
    return Problem(404, "no-charges", "The order has no charges.", f"No order {order_id!r} is priced.")
