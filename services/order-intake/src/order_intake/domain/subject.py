"""The order as its saga sees it: what was submitted, and what the participants have answered so far."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.broadsoft import GroupProvisioned
from contracts.catalog import DeliveryBilled, OrderPriced, PricedItem
from contracts.message import Value
from contracts.numbers import NumbersReserved, ReservedNumber
from contracts.orders import OrderForm
from contracts.tickets import ResolvedTicket, SetupResolution
from order_intake.domain.deliveries import Delivery, at_pivot, proofs, with_fees


class Subject(Value):
    """`submitted_at` is business time, `submitted_on` its date in the customer's zone.

    `service_provider_id` and `group_id` are BroadWorks' (1 to 30 bytes).

    `not_billed_before` is the day of a replay, in the customer's zone; None for a run at its first go.

    `enterprise_new` and `group_new` tell that BroadWorks does not have them yet.
    `backorder_missing` and `tickets_open` are None until a participant has said so.

    `given` is what was delivered since the pivot, in the order of hearing. `batches` are how many numbers for seats
    came to the backorder at once, of which so many batches were `added` to the group. `returned` tells that the numbers
    of a trunk that cannot be built were given back.
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
    setup: SetupResolution | None = None
    given: tuple[Delivery, ...] = ()
    billed: DeliveryBilled | None = None
    batches: tuple[int, ...] = ()
    added: int = 0
    returned: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.form.customer.time_zone)

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
        return (
            any(item.fulfilment == "hosted" and not item.elsewhere for item in self.priced_items())
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

    def priced_items(self) -> tuple[PricedItem, ...]:
        """None before it was priced."""
        return self.priced.items if self.priced else ()

    def elsewhere(self) -> tuple[PricedItem, ...]:
        """What people set up on other platforms, once priced."""
        return tuple(item for item in self.priced_items() if item.elsewhere)

    def failed_items(self) -> frozenset[str]:
        """What people could not build, with its fees; "" stands for numbers for trunking without a trunk group."""
        failed = {ticket.item_id for ticket in self.resolved if ticket.outcome == "cannot-do"}
        if self.setup and self.setup.outcome == "cannot-do":
            failed |= {item.item_id for item in self.elsewhere()}
        return frozenset(failed) | frozenset(with_fees(failed, self.priced_items()))

    def activated_on(self) -> date | None:
        """When the first trunk was, by its proof."""
        return min(proofs(self.resolved).values(), default=None)

    def trunk_refused(self) -> bool:
        """Did people close all trunking tickets, and build none of them?"""
        return self.trunking() and self.tickets_open == 0 and not proofs(self.resolved)

    def deliveries(self) -> tuple[Delivery, ...]:
        """All that is delivered past the pivot, in the order in which it is billed."""
        first = at_pivot(self.priced_items(), self.reserved.numbers if self.reserved else ())
        return (first, *self.given) if first else self.given

    def delivered_items(self) -> frozenset[str]:
        """By id, past the pivot."""
        return frozenset(item_id for one in self.deliveries() for item_id in one.items)
