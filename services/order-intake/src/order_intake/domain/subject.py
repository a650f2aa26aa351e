"""The order as its saga sees it: what was submitted, and what the participants have answered so far."""

from datetime import date, datetime

from contracts.broadsoft import GroupProvisioned
from contracts.catalog import OrderPriced
from contracts.message import Message, Value
from contracts.numbers import BackorderChecked, BackorderFilled, NumbersReserved, ReservedNumber
from contracts.orders import OrderForm
from contracts.tickets import ResolvedTicket, TicketResolved, TicketsChecked


class Subject(Value):
    """`submitted_at` is business time, `submitted_on` its date in the customer's zone.

    `service_provider_id` and `group_id` are BroadWorks' (1 to 30 bytes).

    `not_billed_before` is the day of a replay, in the customer's zone; None for a run at its first go.

    `enterprise_new` and `group_new` tell that BroadWorks does not have them yet.
    `backorder_missing` and `tickets_open` are None until a participant has said so.
    """

    order_id: str
    partner_id: str
    run: int = 1
    submitted_at: datetime
    submitted_on: date
    form: OrderForm
    enterprise_id: str = ""
    customer_id: str
    service_provider_id: str
    group_id: str
    enterprise_new: bool = False
    group_new: bool = True
    location_accepted_at: datetime | None = None
    not_billed_before: date | None = None
    priced: OrderPriced | None = None
    reserved: NumbersReserved | None = None
    group: GroupProvisioned | None = None
    backorder_missing: int | None = None
    delivered: tuple[ReservedNumber, ...] = ()
    delivered_at: datetime | None = None
    tickets_open: int | None = None
    resolved: tuple[ResolvedTicket, ...] = ()

    def billing_start(self) -> date:
        """As asked for, else the day of the submit; of a replay not before that, for nothing was there yet."""
        asked = self.form.billing_start or self.submitted_on
        return max(asked, self.not_billed_before) if self.not_billed_before else asked

    def trunking(self) -> bool:
        """Is there anything for people to build: a trunking item, or a number flagged for trunking?"""
        form = self.form
        return (
            any(item.trunk for item in form.items)
            or any(number.trunking for number in form.numbers)
            or any(search.trunking for search in form.number_searches)
        )

    def wants_numbers(self) -> bool:
        """Chosen or searched for, for seats or for trunking."""
        return bool(self.form.numbers or self.form.number_searches)

    def hosted(self) -> bool:
        """Is there anything to build in BroadWorks: a hosted item (known once priced), or a number for the group?"""
        items = self.priced.items if self.priced else ()
        return (
            any(item.fulfilment == "hosted" for item in items)
            or any(not number.trunking for number in self.form.numbers)
            or any(not search.trunking for search in self.form.number_searches)
        )

    def backordered(self) -> bool:
        """Does the inventory lack some of the numbers?"""
        return self.reserved is not None and bool(self.reserved.backordered)

    def hosted_numbers(self) -> tuple[str, ...]:
        """Reserved numbers that go into the group, not into a trunk."""
        numbers = self.reserved.numbers if self.reserved else ()
        return tuple(one.number for one in numbers if not one.trunking)

    def cannot_be_built(self) -> bool:
        """Did people say so of anything in the order?"""
        return any(ticket.outcome == "cannot-do" for ticket in self.resolved)


def absorb(subject: Subject, message: Message) -> Subject:
    """Fold an answer or an event into the subject; what carries no facts leaves it as it is."""
    match message:
        case OrderPriced():
            return subject.model_copy(update={"priced": message})
        case NumbersReserved():
            return subject.model_copy(update={"reserved": message})
        case GroupProvisioned():
            return subject.model_copy(update={"group": message})
        case BackorderFilled(numbers=numbers, filled_at=filled_at):
            update = {"backorder_missing": 0, "delivered": numbers, "delivered_at": filled_at}
            return subject.model_copy(update=update)
        case BackorderChecked(filled=filled, missing=missing, filled_at=filled_at):
            update = {"backorder_missing": missing, "delivered": filled, "delivered_at": filled_at}
            return subject.model_copy(update=update)
        case TicketResolved(still_open=still_open, resolved=resolved):
            return subject.model_copy(update={"tickets_open": still_open, "resolved": resolved})
        case TicketsChecked(open=still_open, resolved=resolved):
            return subject.model_copy(update={"tickets_open": still_open, "resolved": resolved})
    return subject
