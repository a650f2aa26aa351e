"""What operators charge by hand, and what they credit."""

from typing import Annotated, Any

from fastapi import Path, Response
from pydantic import Field

from catalog.api.dependencies import Office
from catalog.api.statements import CustomerId, unknown
from catalog.application import crediting
from catalog.application.crediting import NoSuchPosting, TakenBack, TakesBack
from catalog.application.manual_charges import NoSuchCustomer, NothingBilled, NotToCharge, ReferenceTaken, Wish
from catalog.domain.manual_charges import ManualCharge, ManualKind
from catalog.store.postings import LedgerLine
from chassis.http.access import Operator, Work
from chassis.http.bodies import RequestBody
from chassis.http.parameters import IN_DIGITS
from chassis.http.problems import Problem, invalid
from chassis.http.routes import make_router
from contracts.bounds import HIGHEST, IDENTIFIER, ITEM_QUANTITY, NAME, SENTENCE, Day
from contracts.names import SeenText, TypedName

router = make_router("billing")
Reason = Annotated[SeenText, Field(min_length=1, max_length=SENTENCE)]
PostingNumber = Annotated[int, Path(ge=1, le=HIGHEST), IN_DIGITS]
REPEATED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": LedgerLine,
        "description": "It was charged before, under the same reference.",
        "headers": {"idempotent-replayed": {"schema": {"type": "string", "const": "true"}}},
    }
}


class NewCharge(RequestBody):
    """Charged once, in USD before tax; a credit is no charge, see `POST /billing/postings/{posting}/credit`.

    Without a `unit_price` it costs what is in effect today for the customer's partner, without a `date` it is charged
    today, in the customer's zone, and without an `order_id` it belongs to the order whose billing has started last.
    """

    package: str = Field(max_length=NAME, examples=["Late Fee"])
    kind: ManualKind = Field(examples=["NRC"])
    quantity: int = Field(default=1, ge=1, le=ITEM_QUANTITY)
    unit_price: str | None = Field(
        default=None, max_length=NAME, examples=["25.00"], description="an amount such as 25.00, as text, or null"
    )
    date: Day | None = None
    order_id: str | None = Field(
        default=None, min_length=1, max_length=IDENTIFIER, description="the id of an order of the customer, or null"
    )
    reason: Reason = Field(examples=["The invoice of December was paid late."])
    reference: Annotated[TypedName, Field(min_length=1, max_length=NAME)] = Field(
        examples=["late-2086-12"], description="what you call it: a customer is charged once for each reference"
    )

    def wish(self, customer_id: str, who: str) -> Wish:
        charge = ManualCharge(self.package, self.kind, self.quantity, self.unit_price, self.date)
        asked = self.model_dump_json(exclude={"reference"}, exclude_defaults=True)
        return Wish(customer_id, charge, self.order_id, self.reference, asked, who, self.reason)


class NewCredit(RequestBody):
    """Why it is taken back; it is written down with who did it."""

    reason: Reason = Field(examples=["The circuit was down all month."])


@router.post("/billing/{customer_id}/charges", status_code=201, responses=REPEATED)
async def charge(
    customer_id: CustomerId, new: NewCharge, work: Work, office: Office, operator: Operator, answer: Response
) -> LedgerLine:
    """Posted at once. The same under the same reference is answered as the first time; 409 for something else under it,
    and for a customer of whom nothing is billed yet.
    """
    try:
        async with work.begin() as unit:
            line, is_new = await office.charge(unit, new.wish(customer_id, operator.who))
    except NoSuchCustomer:
        raise unknown(customer_id) from None
    except NothingBilled:
        detail = "A charge belongs to an order, and the billing of none of this customer's has started."
        raise Problem(409, "nothing-billed", "The customer cannot be charged yet.", detail) from None
    except ReferenceTaken as error:
        detail = f"Posting {error.posting} has it, and is for something else; send another reference."
        raise Problem(409, "reference-taken", "The reference is taken.", detail) from None
    except NotToCharge as error:
        raise invalid([one._asdict() for one in error.faults]) from None
    if not is_new:
        answer.status_code = 200
        answer.headers["idempotent-replayed"] = "true"
    return line


@router.post("/billing/postings/{posting}/credit", status_code=201)
async def credit(posting: PostingNumber, new: NewCredit, work: Work, operator: Operator) -> LedgerLine:
    """The exact negative is posted, and neither stands any more. What is credited of a subscription is not posted
    anew. 409 for what is taken back already, and for what takes another posting back.
    """
    try:
        async with work.begin() as unit:
            return await crediting.credit(unit, posting, operator.who, new.reason)
    except NoSuchPosting:
        detail = f"{posting} is the number of none; see GET /billing/lines."
        raise Problem(404, "no-such-posting", "There is no such posting.", detail) from None
    except TakesBack as error:
        detail = f"Posting {posting} takes posting {error.reverses} back; charge what is to be paid again."
        raise Problem(409, "takes-back", "A credit cannot be credited.", detail) from None
    except TakenBack as error:
        detail = f"Posting {error.by} takes it back."
        raise Problem(409, "taken-back", "The posting is taken back already.", detail) from None
